select * from {{ _lake_records_of(
    api.Relation.create('demo', 'lake_files', 'order_lines'),
    {
        'source_name': 'shop',
        'name': 'orders',
        'config': {'meta': {'lake': {
            'format': 'csv',
            'key': ['order_id'],
            'required': ['customer'],
            'checks': [{'that': 'amount >= 0', 'else': 'the amount is negative'}],
            'max_lateness_days': 3, 'null_strings': ['NA'],
        }}},
        'columns': {
            'order_id': {'name': 'order_id', 'data_type': 'INT64'},
            'customer': {'name': 'customer', 'data_type': 'STRING'},
            'amount': {'name': 'amount', 'data_type': 'FLOAT64'},
            'event_at': {'name': 'event_at', 'data_type': 'TIMESTAMP'},
            'ingested_at': {'name': 'ingested_at', 'data_type': 'TIMESTAMP'},
        },
    }
) }} as records
