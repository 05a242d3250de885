select * from {{ literal_rows({'name': 'string', 'number': 'int64'}, []) }} as written
