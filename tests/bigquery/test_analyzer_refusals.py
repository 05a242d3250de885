"""The check can fail: what BigQuery would refuse is refused, at its line and for its reason."""

import pytest

from analyzer.warehouse import Warehouse
from googlesql.service import Refused

GIVEN = """
create table d.flights (
    flight_id string, flight_date date, event_at timestamp, carrier string, miles int64,
    delay float64, is_late bool, is_evaluation bool, words array<string>, place geography
);
create table d.demanding (day date, carrier string, number int64)
partition by day options(require_partition_filter = true) as
select flight_date, carrier, miles from d.flights;
create external table d.files (raw_record string) with partition columns (day date)
options(
    format = 'CSV', uris = ['gs://b/f/*'], hive_partition_uri_prefix = 'gs://b/f',
    require_hive_partition_filter = true
);
create model d.regression options(model_type = 'LINEAR_REG', input_label_cols = ['delay']) as
select miles, carrier, delay from d.flights;
create model d.classifier options(model_type = 'LOGISTIC_REG', input_label_cols = ['is_late']) as
select miles, is_late from d.flights;
create model d.clusters options(model_type = 'KMEANS', num_clusters = 3) as
select miles, delay from d.flights;
create model d.components options(model_type = 'PCA', num_principal_components = 2) as
select miles, delay from d.flights;
create model d.trees options(model_type = 'BOOSTED_TREE_REGRESSOR', input_label_cols = ['delay']) as
select miles, delay from d.flights;
create model d.transforming
transform(ml.standard_scaler(miles) over () as scaled, carrier, is_late)
options(model_type = 'LOGISTIC_REG', input_label_cols = ['is_late']) as
select miles, carrier, is_late, event_at from d.flights;
"""

TRAINED = "select miles, delay, is_late, is_evaluation, carrier from d.flights"

NO_FILTER = "without a filter over column\\(s\\) 'day' that can be used for partition elimination"
FILES = "create external table d.e (a string) options(format = 'CSV', uris = ['gs://b/f/*']"
DAYS = (
    "create external table d.e with partition columns (day date) options(format = 'AVRO',"
    " hive_partition_uri_prefix = 'gs://b/f'"
)
MERGED = "merge into d.demanding as old using (select * from d.flights) as fresh on false"

# what is refused, the line, and the words of the reason
REFUSED = {
    "unknown column": ("select\n    nope\nfrom d.flights", 2, "Unrecognized name: nope"),
    "unknown table": ("select 1\nfrom d.nothing", 2, "Table not found"),
    "unknown function": (
        "select list_sum(words) from d.flights",
        1,
        "Function not found: list_sum",
    ),
    "type of an argument": ("select carrier + 1 from d.flights", 1, "No matching signature"),
    "type of a union": (
        "select miles from d.flights union all\nselect carrier from d.flights",
        2,
        "incompatible types",
    ),
    "column that is not grouped": (
        "select carrier, sum(miles) from d.flights",
        1,
        "neither grouped nor aggregated",
    ),
    "column twice": ("select miles, carrier as miles from d.flights", 1, "Duplicate column names"),
    "reserved word": ("select 1 by", 1, "Syntax error"),
    "another engine's cast": ("select miles::float64 from d.flights", 1, "Syntax error"),
    "partition of a window by a float": (
        "select sum(1) over (partition by delay) from d.flights",
        1,
        "Partitioning by expressions of type FLOAT64",
    ),
    "second statement of a script": ("select 1;\n\nselect nope", 3, "Unrecognized name: nope"),
    # ---- partition and cluster keys
    "unknown partition key": (
        "create table d.n\npartition by nope as select flight_date from d.flights",
        2,
        "Unrecognized name: nope",
    ),
    "partition by text": (
        "create table d.n\npartition by carrier as select carrier from d.flights",
        2,
        "PARTITION BY takes a DATE.*not STRING",
    ),
    "partition by a moment": (
        "create table d.n\npartition by event_at as select event_at from d.flights",
        2,
        "PARTITION BY takes a DATE.*not TIMESTAMP",
    ),
    "unknown cluster key": (
        "create table d.n cluster by nope as select carrier from d.flights",
        1,
        "Unrecognized name: nope",
    ),
    "cluster by a float": (
        "create table d.n cluster by delay as select delay from d.flights",
        1,
        "CLUSTER BY expression may not be a floating point type",
    ),
    "five cluster keys": (
        "create table d.n\ncluster by a, b, c, d, e as select 1 a, 2 b, 3 c, 4 d, 5 e",
        2,
        "at most four",
    ),
    "column without a name": (
        "create table d.n as select miles + 1 from d.flights",
        1,
        "must be named",
    ),
    "type of a declared column": (
        "create table d.n (miles string) as select miles from d.flights",
        1,
        "(?i)type",
    ),
    # ---- tables that demand a filter on their partitions
    "reading all partitions": ("select carrier from d.demanding", 1, NO_FILTER),
    "reading all files": ("select raw_record from d.files", 1, NO_FILTER),
    "a filter on another column": (
        "select carrier from d.demanding where carrier = 'AA'",
        1,
        NO_FILTER,
    ),
    "a filter that may not hold": (
        "select carrier from d.demanding where day > date '2013-01-01' or carrier = 'AA'",
        1,
        NO_FILTER,
    ),
    "a filter on what is made of the column": (
        "select 1 from d.demanding where date_add(day, interval 1 day) > date '2013-01-01'",
        1,
        NO_FILTER,
    ),
    "a filter by another column": (
        "select 1 from d.demanding cross join d.flights where day = flight_date",
        1,
        NO_FILTER,
    ),
    "a filter by a subquery": (
        "select 1 from d.demanding where day = (select max(flight_date) from d.flights)",
        1,
        NO_FILTER,
    ),
    "a filter after the reading": (
        "with read as (select * from d.demanding)\n"
        "select 1 from read where day > date '2013-01-01'",
        1,
        NO_FILTER,
    ),
    "a filter on one of two readings": (
        "select 1 from d.files where day = date '2013-01-01'\nunion all select 1 from d.demanding",
        1,
        NO_FILTER,
    ),
    "a filter on the joined side": (
        "select 1 from d.flights left join d.demanding on flight_id = demanding.carrier\n"
        "where day = date '2013-01-01'",
        1,
        NO_FILTER,
    ),
    "a reading below": (
        "select 1 from d.flights where flight_id in (select carrier from d.demanding)",
        1,
        NO_FILTER,
    ),
    "a table of all partitions": (
        "create table d.n as select carrier from d.demanding",
        1,
        NO_FILTER,
    ),
    "training on all partitions": (
        "create model d.m options(model_type = 'KMEANS') as select number from d.demanding",
        1,
        NO_FILTER,
    ),
    "predicting on all partitions": (
        "select * from ml.predict(model d.clusters, (\n"
        "select number as miles, 1.0 as delay from d.demanding))",
        1,
        NO_FILTER,
    ),
    "deleting from all partitions": ("delete from d.demanding where carrier = 'AA'", 1, NO_FILTER),
    "merging into all partitions": (
        f"{MERGED}\nwhen not matched by source then delete",
        1,
        NO_FILTER,
    ),
    "merging by a key alone": (
        "merge into d.demanding as old using (select * from d.flights) as fresh\n"
        "on old.carrier = fresh.carrier when matched then delete",
        1,
        NO_FILTER,
    ),
    "merging from all partitions": (
        "merge into d.flights as old using (select * from d.demanding) as fresh\n"
        "on old.carrier = fresh.carrier when matched then delete",
        1,
        NO_FILTER,
    ),
    # ---- options of tables
    "unknown option of a table": (
        "create table d.n options(require_filter = true) as select 1 as a",
        1,
        "option 'require_filter' is unknown",
    ),
    "type of an option of a table": (
        "create table d.n options(labels = ['layer']) as select 1 as a",
        1,
        "option 'labels' must be ARRAY<STRUCT<STRING, STRING>>, not ARRAY<STRING>",
    ),
    "no label": (
        "create table d.n options(labels = [('Layer', 'marts')]) as select 1 as a",
        1,
        "Layer=marts, which is no label",
    ),
    "a demand on a table without partitions": (
        "create table d.n options(require_partition_filter = true) as select 1 as a",
        1,
        "'require_partition_filter' is for partitioned tables",
    ),
    "unknown option of a column": (
        "create table d.n (a int64 options(policy = 'x')) as select 1 as a",
        1,
        "option 'policy' is unknown",
    ),
    "description of a column that is too long": (
        f"create table d.n (a int64 options(description = '{'x' * 1025}')) as select 1 as a",
        1,
        "'description' is too long",
    ),
    "table whose options are set": (
        "alter table d.nothing set options(description = 'a')",
        1,
        "Table not found|Not found: Table",
    ),
    "option that is set": (
        "alter table d.flights set options(discription = 'a')",
        1,
        "option 'discription' is unknown",
    ),
    "labels of an external table": (f"{FILES}, labels = [('a', 'b')])", 1, "'labels' is unknown"),
    "files that are elsewhere": (
        "create external table d.e (a string) options(format = 'CSV', uris = ['lake/*'])",
        1,
        "'uris' takes files of Cloud Storage",
    ),
    "format of files": (
        "create external table d.e (a string) options(format = 'NDJSON', uris = ['gs://b/f/*'])",
        1,
        "'format' has no value 'NDJSON'",
    ),
    "an export by a pattern": (
        "create external table d.e options(format = 'DATASTORE_BACKUP', uris = ['gs://b/f/*'])",
        1,
        "one file of an export",
    ),
    "partitions without a prefix": (
        "create external table d.e with partition columns (day date)\n"
        "options(format = 'AVRO', uris = ['gs://b/f/*'])",
        1,
        "'hive_partition_uri_prefix' go together",
    ),
    "a prefix of other files": (f"{DAYS}, uris = ['gs://b/g/*'])", 1, "is no prefix"),
    "old lists of files without a connection": (
        f"{FILES}, max_staleness = interval 4 hour, metadata_cache_mode = 'AUTOMATIC')",
        1,
        "'max_staleness' needs a connection",
    ),
    # ---- grants
    "a grant on nothing": (
        "grant `roles/bigquery.dataViewer` on table d.nothing to 'user:a@b.c'",
        1,
        "Not found: Table d.nothing",
    ),
    # ---- merge
    "merge of a missing column": (
        "merge into d.flights t using (select carrier from d.flights) s on false\n"
        "when not matched then insert (nope) values (carrier)",
        2,
        "nope",
    ),
    # ---- create model
    "training column": (
        "create model d.m options(model_type = 'KMEANS') as\nselect nope from d.flights",
        2,
        "Unrecognized name: nope",
    ),
    "model type": (
        f"create model d.m options(model_type = 'LINEAR_REGG') as {TRAINED}",
        1,
        "'model_type' has no value 'LINEAR_REGG'; did you mean 'LINEAR_REG'",
    ),
    "option misspelt": (
        "create model d.m options(\n  model_type = 'LINEAR_REG',\n"
        f"  max_iteration = 5) as {TRAINED}",
        3,
        "'max_iteration' is unknown for LINEAR_REG; did you mean 'max_iterations'",
    ),
    "option of another type of model": (
        f"create model d.m options(model_type = 'LINEAR_REG', num_clusters = 5) as {TRAINED}",
        1,
        "'num_clusters' is for KMEANS, not LINEAR_REG",
    ),
    "option's word": (
        "create model d.m options(model_type = 'LINEAR_REG',\n"
        f"data_split_method = 'SOMETIMES') as {TRAINED}",
        2,
        "'data_split_method' has no value 'SOMETIMES'",
    ),
    "option's type": (
        f"create model d.m options(model_type = 'LINEAR_REG', max_iterations = 'ten') as {TRAINED}",
        1,
        "'max_iterations' must be a whole number",
    ),
    "option's range": (
        f"create model d.m options(model_type = 'LINEAR_REG', l2_reg = -1.0) as {TRAINED}",
        1,
        "'l2_reg' must be at least 0",
    ),
    "label that is not there": (
        "create model d.m options(model_type = 'LINEAR_REG',\n"
        f"input_label_cols = ['nope']) as {TRAINED}",
        2,
        "'input_label_cols' names 'nope'",
    ),
    "label of a regression": (
        "create model d.m options(model_type = 'LINEAR_REG', input_label_cols = ['carrier']) as "
        + TRAINED,
        1,
        "carrier must be a number, not STRING",
    ),
    "split column's type": (
        "create model d.m options(model_type = 'LINEAR_REG', input_label_cols = ['delay'],"
        f" data_split_method = 'CUSTOM', data_split_col = 'miles') as {TRAINED}",
        1,
        "miles must be BOOL, not INT64",
    ),
    "column in TRANSFORM": (
        "create model d.m\ntransform(ml.standard_scaler(nope) over () as x, delay)\n"
        f"options(model_type = 'LINEAR_REG', input_label_cols = ['delay']) as {TRAINED}",
        2,
        "Unrecognized name: nope",
    ),
    "label that TRANSFORM drops": (
        "create model d.m transform(miles) "
        f"options(model_type = 'LINEAR_REG', input_label_cols = ['delay']) as {TRAINED}",
        1,
        "'input_label_cols' names 'delay'",
    ),
    # ---- functions of a model
    "unknown model": ("select *\nfrom ml.evaluate(model d.nope)", 2, "Model not found: d.nope"),
    "unknown ML function": (
        "select * from ml.predictx(model d.regression, (select 1 as miles))",
        1,
        "(?i)not found: ml.predictx",
    ),
    "no MODEL": (
        "select * from ml.predict(d.regression, table d.flights)",
        1,
        r"ML.PREDICT: takes \(model, data, settings\?\), not \(numbers, data\)",
    ),
    "no data": ("select * from ml.predict(model d.regression)", 1, "ML.PREDICT: takes"),
    "arguments in another order": (
        "select * from ml.detect_anomalies("
        "model d.clusters, table d.flights, struct(0.1 as contamination))",
        1,
        "ML.DETECT_ANOMALIES: takes",
    ),
    "setting misspelt": (
        "select * from ml.evaluate(model d.classifier, table d.flights, struct(0.5 as treshold))",
        1,
        "unsupported setting 'treshold'; did you mean 'threshold'",
    ),
    "setting's type": (
        "select * from ml.evaluate(model d.classifier, table d.flights, struct('a' as threshold))",
        1,
        "setting 'threshold' must be FLOAT64, not STRING",
    ),
    "setting of another function": (
        "select * from ml.weights(model d.regression, struct(0.5 as threshold))",
        1,
        "unsupported setting 'threshold'",
    ),
    "column that the model does not give": (
        "select\n    predicted_nope\nfrom ml.predict(model d.regression, table d.flights)",
        2,
        "Unrecognized name: predicted_nope",
    ),
    "type that the model does not give": (
        "select predicted_is_late + 1 from ml.predict(model d.classifier, table d.flights)",
        1,
        "No matching signature for operator +",
    ),
    "metric of another kind of model": (
        "select r2_score from ml.evaluate(model d.classifier)",
        1,
        "Unrecognized name: r2_score",
    ),
    "function of another type of model": (
        "select * from ml.centroids(model d.regression)",
        1,
        "ML.CENTROIDS: is for KMEANS, not LINEAR_REG",
    ),
    "importance of a model without trees": (
        "select * from ml.feature_importance(model d.regression)",
        1,
        "ML.FEATURE_IMPORTANCE: is for BOOSTED_TREE_CLASSIFIER, BOOSTED_TREE_REGRESSOR, "
        "RANDOM_FOREST_CLASSIFIER, RANDOM_FOREST_REGRESSOR, not LINEAR_REG",
    ),
    "data without a feature": (
        "select 1 from\nml.predict(model d.regression, (select miles from d.flights))",
        2,
        "`?carrier`?",
    ),
    "feature of another type": (
        "select 1 from ml.predict(model d.regression, "
        "(select 'a' as miles, carrier from d.flights))",
        1,
        "the feature miles is not of the type",
    ),
    "evaluation without the label": (
        "select 1 from ml.evaluate(model d.classifier, (select miles from d.flights))",
        1,
        "ML.EVALUATE: the data has no column is_late",
    ),
    "unknown column in the data": (
        "select 1 from ml.predict(model d.regression,\n    (select nope from d.flights))",
        2,
        "Unrecognized name: nope",
    ),
    "features that PCA took": (
        "select miles from ml.predict(model d.components, table d.flights)",
        1,
        "Unrecognized name: miles",
    ),
    "third component of two": (
        "select principal_component_3 from ml.predict(model d.components, table d.flights)",
        1,
        "Unrecognized name: principal_component_3",
    ),
    "transform of a model without TRANSFORM": (
        "select * from ml.transform(model d.regression, table d.flights)",
        1,
        "has no TRANSFORM clause",
    ),
    # ---- functions of expressions
    "unknown preprocessing function": (
        "select ml.scaler(miles) over () from d.flights",
        1,
        "(?i)function not found: ml.scaler",
    ),
    "no OVER": ("select ml.standard_scaler(miles) from d.flights", 1, r"needs an empty OVER \(\)"),
    "OVER with a partition": (
        "select ml.standard_scaler(miles) over (partition by carrier) from d.flights",
        1,
        r"needs an empty OVER \(\)",
    ),
    "OVER on a scalar function": (
        "select ml.hash_bucketize(carrier, 3) over () from d.flights",
        1,
        "(?i)over",
    ),
    "argument of a preprocessing function": (
        "select ml.standard_scaler(carrier) over () from d.flights",
        1,
        "No matching signature for analytic function ML.STANDARD_SCALER",
    ),
    "word of a preprocessing function": (
        "select ml.imputer(miles, 'meen') over () from d.flights",
        1,
        "'meen' is none of mean, median, most_frequent",
    ),
    "field that an expansion does not give": (
        "select ml.polynomial_expand(struct(miles as a, delay as b)).a_c from d.flights",
        1,
        "a_c",
    ),
}

# what the table of signatures gives
GIVES = {
    "select * from ml.predict(model d.regression,"
    " (select flight_id, miles, carrier from d.flights))": (
        "predicted_delay FLOAT64, flight_id STRING, miles INT64, carrier STRING"
    ),
    "select * from ml.predict(model d.classifier, (select miles from d.flights))": (
        "predicted_is_late BOOL, predicted_is_late_probs ARRAY<STRUCT<label BOOL, prob FLOAT64>>,"
        " miles INT64"
    ),
    "select * from ml.predict(model d.components,"
    " (select flight_id, miles, delay from d.flights))": (
        "principal_component_1 FLOAT64, principal_component_2 FLOAT64, flight_id STRING"
    ),
    "select * from ml.predict(model d.components, (select miles, delay from d.flights))": (
        "principal_component_1 FLOAT64, principal_component_2 FLOAT64"
    ),
    "select * from ml.predict(model d.components, (select miles, delay from d.flights),"
    " struct(true as keep_original_columns))": (
        "principal_component_1 FLOAT64, principal_component_2 FLOAT64, miles INT64, delay FLOAT64"
    ),
    # a common table expression is an input like any other
    "with late as (select miles, 'x' as note from d.flights)"
    " select predicted_is_late, note from ml.predict(model d.classifier, (select * from late))": (
        "predicted_is_late BOOL, note STRING"
    ),
    # one call in the data of another
    "select * from ml.predict(model d.classifier, (select cast(predicted_delay as int64) as miles"
    " from ml.predict(model d.regression, table d.flights)))": (
        "predicted_is_late BOOL, predicted_is_late_probs ARRAY<STRUCT<label BOOL, prob FLOAT64>>,"
        " miles INT64"
    ),
    "select * from ml.transform(model d.transforming, (select flight_id, miles, carrier, is_late"
    " from d.flights))": "scaled FLOAT64, carrier STRING, is_late BOOL, flight_id STRING",
    "select * from ml.transform(model d.transforming, (select flight_id, miles, carrier"
    " from d.flights))": "scaled FLOAT64, carrier STRING, flight_id STRING",
    # the features of a model with TRANSFORM are the columns that the clause reads
    "select * from ml.predict(model d.transforming, (select miles, carrier from d.flights))": (
        "predicted_is_late BOOL, predicted_is_late_probs ARRAY<STRUCT<label BOOL, prob FLOAT64>>,"
        " miles INT64, carrier STRING"
    ),
    "select ml.feature_cross(struct(carrier as a, carrier as b, carrier as c), 3) as x"
    " from d.flights": ("x STRUCT<a_b STRING, a_c STRING, b_c STRING, a_b_c STRING>"),
    "select ml.polynomial_expand(struct(miles, delay as b), 2) as x from d.flights": (
        "x STRUCT<miles FLOAT64, miles_miles FLOAT64, miles_b FLOAT64, b FLOAT64, b_b FLOAT64>"
    ),
    "select cast(1 as bigint) as x, cast('1' as decimal) as y": "x INT64, y NUMERIC",
    "select miles from `p.d.flights`": "miles INT64",
    # which partitions are read
    "select number from d.demanding where day >= date '2013-01-01' and carrier = 'AA'": (
        "number INT64"
    ),
    "select number from d.demanding where date '2013-01-01' < day": "number INT64",
    "select number from d.demanding where day between date '2013-01-01' and current_date()": (
        "number INT64"
    ),
    "select number from d.demanding where day in (date '2013-01-01', date '2013-01-02')": (
        "number INT64"
    ),
    "select number from d.demanding where day is null or day is not null": "number INT64",
    "select raw_record, _file_name from d.files where day >= date '0001-01-01'": (
        "raw_record STRING, _file_name STRING"
    ),
    "select d.number from d.flights inner join d.demanding as d on d.carrier = flights.carrier"
    " where d.day = date '2013-01-01'": "number INT64",
    "select d.number from d.flights left join d.demanding as d"
    " on d.carrier = flights.carrier and d.day = date '2013-01-01'": "number INT64",
    "select scaled.number from (select number, day from d.demanding) as scaled"
    " where scaled.day = date '2013-01-01'": "number INT64",
}

# statements that say which partitions they write to
WRITES = [
    "delete from d.demanding where day < date '2013-01-01'",
    f"{MERGED}\nwhen not matched by source and old.day >= date '2013-01-01' then delete\n"
    "when not matched then insert (carrier) values (carrier)",
    "merge into d.demanding as old using (select * from d.flights) as fresh\n"
    "on old.carrier = fresh.carrier and old.day = date '2013-01-01' when matched then delete",
    "grant `roles/bigquery.dataViewer` on table d.demanding to 'user:a@b.c'",
]


@pytest.fixture(scope="module")
def warehouse(service):
    given = Warehouse(service, "p")
    given.run(GIVEN)
    return given


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(warehouse, case):
    sql, line, reason = REFUSED[case]
    with warehouse.copied() as copy, pytest.raises(Refused, match=reason) as refusal:
        copy.run(sql)
    assert refusal.value.line == line


@pytest.mark.parametrize("sql", GIVES)
def test_gives(warehouse, sql):
    columns = warehouse.columns(sql)
    assert ", ".join(f"{name} {type_name}" for name, type_name in columns.items()) == GIVES[sql]


@pytest.mark.parametrize("sql", WRITES)
def test_takes(warehouse, sql):
    with warehouse.copied() as copy:
        assert copy.run(sql)
