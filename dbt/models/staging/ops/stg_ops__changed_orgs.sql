select org
from {{ source('ops', 'changed_orgs') }}
