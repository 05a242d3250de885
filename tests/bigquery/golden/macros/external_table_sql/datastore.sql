create or replace external table `demo`.`azekura_lake_files`.`customers`
options (
    format = 'DATASTORE_BACKUP',
    uris = ['gs://bucket/lake/shop/customers/all_namespaces/kind_customer/all_namespaces_kind_customer.export_metadata']
)
