"""Models are created, replaced, kept, changed and dropped; errors have BigQuery's codes."""

import threading

import duckdb
import pytest
from bqml_proxy.errors import BigQueryError

CREATE = (
    "create {} d.m options(model_type = 'linear_reg', input_label_cols = ['minutes']{}) as"
    " select miles, carrier, minutes from flights {}"
)
PREDICTED = "select sum(predicted_minutes) from ml.predict(model d.m, table flights)"


def create(kind="model", options="", rows=""):
    return CREATE.format(kind, options, rows)


def test_a_model_is_created_and_predicts(proxy):
    rewritten = proxy.rewrite(create())
    assert rewritten.statement_type == "CREATE_MODEL"
    assert tuple(rewritten.model) == ("p", "d", "m")
    assert proxy.table(rewritten.sql).num_rows == 0
    [(predicted,)] = proxy.rows(PREDICTED)
    [(actual,)] = proxy.rows("select sum(minutes) from flights")
    assert predicted == pytest.approx(actual)


def test_a_model_that_is_there_is_not_created_again(proxy):
    proxy.rewrite(create())
    refused = proxy.refusal(create(rows="limit 9"))
    assert (refused.code, refused.reason) == (409, "duplicate")
    assert refused.message == "Already Exists: Model p:d.m"
    before = proxy.rows(PREDICTED)
    proxy.emulator.queries.clear()
    proxy.rewrite(create("model if not exists", rows="where miles > 120"))
    assert proxy.emulator.queries == []
    assert proxy.rows(PREDICTED) == before


def test_a_model_is_replaced(proxy):
    proxy.rewrite(create("or replace model"))
    proxy.rewrite(create("or replace model", rows="where carrier <> 'AA'"))
    [(count,)] = proxy.rows(
        "select category_count from ml.feature_info(model d.m) where input = 'carrier'"
    )
    assert count == 2


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (create("or replace model", rows="where miles < 0"), "m: "),
        (create("or replace model", ", l1_reg = 'much'"), "'l1_reg' must be a finite number"),
        (create("or replace model", ", max_iteration = 3"), "did you mean 'max_iterations'?"),
        (create("or replace model", ", l2_reg = 1 / 0"), "division by zero"),
        (create("or replace model", ", l2_reg = miles"), "Option l2_reg must be a constant"),
        (create("or replace model", ", l2_reg = 1, L2_REG = 2"), "given twice"),
        (create("or replace model", ", l2_reg = 1, l2_reg = 2"), "Duplicate option"),
        (create("or replace model", ", num_trials = 3"), "hyperparameter tuning"),
        (
            create("or replace model", ", l2_reg = hparam_range(0, 1)"),
            "search space, which needs hyperparameter tuning",
        ),
        (
            create("or replace model", ", data_split_method = 'custom', data_split_col = 'nope'"),
            "'nope'",
        ),
        (create("or replace model", rows="where nope"), "nope"),
        (
            create("or replace model", ", labels = ['x']"),
            "'labels' is the old name of 'input_label_cols'",
        ),
        (create("or replace model", ", labels = [('x', 1)]"), "Option labels must be an array"),
        (create("or replace model", ", description = 1"), "Option description must be a STRING"),
        (
            create("or replace model", ", expiration_timestamp = '2030'"),
            "Option expiration_timestamp must be a TIMESTAMP",
        ),
        (
            "create or replace model d.m options(model_type = 'tensorflow') as select 1 as x",
            "'model_type' has no value 'TENSORFLOW'",
        ),
        ("create or replace model d.m options(l2_reg = 1) as select 1 as x", "'model_type' is"),
        (
            "create or replace model d.m remote with connection us.c options(endpoint = 'e')",
            "'model_type' is missing",
        ),
        (
            "create or replace model d.m options(model_type = 'linear_reg')",
            "is trained on one query; write AS SELECT",
        ),
    ],
)
def test_a_failed_training_leaves_the_old_model(proxy, statement, words):
    proxy.rewrite(create())
    before, resource = proxy.rows(PREDICTED), proxy.machine_learning.model("p", "d", "m")
    refused = proxy.refusal(statement)
    assert (refused.code, refused.reason) == (400, "invalidQuery")
    assert words in refused.message
    assert proxy.rows(PREDICTED) == before
    assert proxy.machine_learning.model("p", "d", "m") == resource


def test_a_failed_training_leaves_no_new_model(proxy):
    proxy.refusal(create(rows="where miles < 0"))
    assert proxy.refusal(PREDICTED).code == 404
    proxy.rewrite(create())


def test_options_are_evaluated_by_googlesql(proxy):
    proxy.rewrite(
        "create model d.m options(MODEL_TYPE = CONCAT('logistic', '_reg'),"
        " input_label_cols = ['is_late'], class_weights = [('true', 1.5), ('false', 2)],"
        " l2_reg = numeric '0.25', max_iterations = 2 + 1, early_stop = false,"
        " labels = [('team', 'ü')], description = r'a\\b') as"
        " select miles, is_late from flights"
    )
    resource = proxy.machine_learning.model("p", "d", "m")
    [run] = resource["trainingRuns"]
    options = run["trainingOptions"]
    assert len(run["results"]) == 3
    assert options["labelClassWeights"] == {"true": 1.5, "false": 2}
    assert (options["l2Regularization"], options["earlyStop"]) == (0.25, False)
    assert (resource["labels"], resource["description"]) == ({"team": "ü"}, "a\\b")


def test_labels_is_the_old_name_of_the_label_column(proxy):
    proxy.rewrite(
        "create model d.m options(model_type = 'linear_reg', labels = ['minutes']) as"
        " select miles, minutes from flights"
    )
    [label] = proxy.machine_learning.model("p", "d", "m")["labelColumns"]
    assert label["name"] == "minutes"


def test_an_option_that_is_null_is_not_given(proxy):
    proxy.rewrite(create(options=", labels = null, description = cast(null as string)"))
    resource = proxy.machine_learning.model("p", "d", "m")
    assert "labels" not in resource
    assert "description" not in resource


def test_a_model_is_dropped(proxy):
    proxy.rewrite(create())
    rewritten = proxy.rewrite("drop model d.m")
    assert (rewritten.statement_type, rewritten.model.model_id) == ("DROP_MODEL", "m")
    refused = proxy.refusal("drop model d.m")
    assert (refused.code, refused.message) == (404, "Not found: Model p:d.m")
    assert proxy.rewrite("drop model if exists d.m").statement_type == "DROP_MODEL"
    assert proxy.refusal(PREDICTED).code == 404


def test_a_model_is_altered(proxy):
    proxy.rewrite(create(options=", labels = [('a', 'b')], friendly_name = 'old'"))
    rewritten = proxy.rewrite(
        "alter model d.m set options(description = 'new', friendly_name = null,"
        " expiration_timestamp = timestamp '2030-01-01 00:00:00+00')"
    )
    assert rewritten.statement_type == "ALTER_MODEL"
    resource = proxy.machine_learning.model("p", "d", "m")
    assert resource["description"] == "new"
    assert resource["labels"] == {"a": "b"}
    assert "friendlyName" not in resource
    assert resource["expirationTime"] == "1893456000000"
    assert int(resource["lastModifiedTime"]) >= int(resource["creationTime"])
    assert "'l2_reg'" in proxy.refusal("alter model d.m set options(l2_reg = 1)").message
    assert proxy.refusal("alter model d.n set options(description = 'x')").code == 404
    proxy.rewrite("alter model if exists d.n set options(description = 'x')")


def test_a_model_is_not_exported(proxy):
    proxy.rewrite(create())
    refused = proxy.refusal("export model d.m options(uri = 'gs://b/m')")
    assert refused.code == 400
    assert refused.message.startswith("EXPORT MODEL")


def test_models_survive_a_restart(open_proxy, tmp_path):
    proxy = open_proxy(tmp_path)
    proxy.rewrite(create(options=", description = 'kept'"))
    before, resource = proxy.rows(PREDICTED), proxy.machine_learning.model("p", "d", "m")
    again = open_proxy(tmp_path)
    assert again.rows(PREDICTED) == before
    assert again.machine_learning.model("p", "d", "m") == resource


def test_what_a_training_left_that_was_cut_off_is_cleared(open_proxy, tmp_path):
    proxy = open_proxy(tmp_path)
    proxy.rewrite(create())
    proxy.machine_learning.close()
    [file] = tmp_path.glob("*.duckdb")
    with duckdb.connect(str(file)) as connection:
        connection.execute('create table "p.d"."training left" as select 1 as x')
    assert open_proxy(tmp_path).rows("select count(*) from ml.weights(model d.m)") == [(3,)]
    open_proxy(tmp_path).machine_learning.close()
    with duckdb.connect(str(file)) as connection:
        tables = connection.execute("select table_name from duckdb_tables() order by 1").fetchall()
    assert tables == [("m",), ("registry",)]


def test_a_warm_start_goes_on(proxy):
    options = ", optimize_strategy = 'batch_gradient_descent', max_iterations = 2"
    proxy.rewrite(create("or replace model", options + ", warm_start = true"))
    proxy.rewrite(create("or replace model", options + ", warm_start = true"))
    runs = "select distinct training_run from ml.training_info(model d.m) order by 1"
    assert proxy.rows(runs) == [(0,), (1,)]
    assert len(proxy.machine_learning.model("p", "d", "m")["trainingRuns"]) == 2


def test_models_of_other_projects_and_datasets_are_others(proxy):
    for dataset in ("d", "e", "`my-project`.d"):
        proxy.rewrite(create().replace("d.m", f"{dataset}.m"))
    proxy.rewrite("drop model d.m")
    assert [len(proxy.machine_learning.models(*x)) for x in (("p", "d"), ("p", "e"))] == [0, 1]
    assert proxy.table("select * from ml.weights(model `my-project.d.m`)").num_rows > 0


def test_names_that_differ_in_case_only_are_refused(proxy):
    proxy.rewrite(create())
    refused = proxy.refusal(create().replace("d.m", "d.M"))
    assert refused.code == 400
    assert "in case only" in refused.message
    assert proxy.refusal("select * from ml.weights(model d.M)").code == 404


def test_a_dry_run_changes_nothing(proxy):
    assert proxy.rewrite(create(), dry_run=True).statement_type == "CREATE_MODEL"
    assert proxy.emulator.queries == []
    assert proxy.refusal(PREDICTED).code == 404
    proxy.rewrite(create())
    proxy.rewrite("drop model d.m", dry_run=True)
    proxy.rewrite("alter model d.m set options(description = 'x')", dry_run=True)
    proxy.rewrite(
        "drop table d.t; create or replace model d.m options(model_type = 'kmeans') as"
        " select * from d.t",
        dry_run=True,
    )
    assert "description" not in proxy.machine_learning.model("p", "d", "m")
    assert proxy.machine_learning.model("p", "d", "m")["modelType"] == "LINEAR_REGRESSION"
    with pytest.raises(BigQueryError, match="max_iterations"):
        proxy.rewrite(create("or replace model", ", max_iteration = 3"), dry_run=True)
    with pytest.raises(BigQueryError, match="Not found"):
        proxy.rewrite("drop model d.n", dry_run=True)


def test_many_threads(proxy):
    proxy.rewrite(create())
    before, failed = proxy.rows(PREDICTED), []

    def work(number):
        try:
            for _ in range(3):
                replaced = create("or replace model").replace("d.m", f"d.m{number % 2}")
                proxy.rewrite(replaced)
                rewritten = proxy.rewrite(PREDICTED)
                assert len(rewritten.temporary) == 1
        except Exception as error:
            failed.append(error)

    lock = threading.Lock()
    query, load = proxy.emulator.query, proxy.emulator.load

    def one_at_a_time(function):
        def call(*arguments):
            with lock:
                return function(*arguments)

        return call

    proxy.emulator.query, proxy.emulator.load = one_at_a_time(query), one_at_a_time(load)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert proxy.rows(PREDICTED) == before


@pytest.mark.parametrize("before", ["", "r"])
def test_execute_immediate_of_one_text_makes_the_model(proxy, before):
    proxy.rewrite(f'select 1; execute immediate {before}"""{create()};"""')
    assert proxy.machine_learning.model("p", "d", "m")["modelReference"]["modelId"] == "m"


@pytest.mark.parametrize(
    "script",
    [
        "execute immediate concat('create model d.', 'm options() as select 1')",
        "execute immediate 'create mo' || 'del d.m options() as select 1'",
        "begin execute immediate 'drop model d.m'; end",
        "execute immediate 'select * from ml.predict(model d.m, table flights)' into x",
        "execute immediate 'select * from ml.predict(model d.m, (select @a as b))' using 1 as a",
        "declare s string default 'drop model d.m'; execute immediate s",
    ],
)
def test_execute_immediate_of_what_is_not_known_is_refused(proxy, script):
    refused = proxy.refusal(script)
    assert "EXECUTE IMMEDIATE can run BigQuery ML here only as one whole text" in refused.message


def test_a_comment_ends_with_its_text(proxy):
    proxy.rewrite(f'execute immediate """{create()} -- done"""; select 1')
    assert proxy.machine_learning.model("p", "d", "m")["modelReference"]["modelId"] == "m"


def test_a_text_elsewhere_does_not_refuse_a_text_that_is_whole(proxy):
    script = "execute immediate 'select 1'; select 'drop model d.m'"
    assert proxy.rewrite(script).sql == script


def test_execute_immediate_without_machine_learning_is_the_emulators(proxy):
    script = "declare model string default 'x'; execute immediate 'select 1'"
    assert proxy.rewrite(script).sql == script


def test_a_variable_in_the_rows_is_told(proxy):
    proxy.rewrite(create())
    message = proxy.refusal(
        "declare far int64 default 5; select * from ml.predict(model d.m, (select far as miles))"
    ).message
    assert "variable far" in message and "write its value" in message
