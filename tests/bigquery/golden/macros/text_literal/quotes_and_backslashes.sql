select 'it\'s a \\ and a " in o\'brien' as text
