"""Every page of the console."""

from django.urls import path

from regulars.console.views import charts, door, imports, people, segments, settings, shop, suggestions, today

urlpatterns = [
    path("", today.page, name="today"),
    path("healthy", door.healthy, name="healthy"),
    path("log-in", door.log_in, name="log-in"),
    path("log-out", door.log_out, name="log-out"),
    path("enter", door.enter, name="enter"),
    path("language", door.language, name="language"),
    path("which-shop", door.which_shop, name="which-shop"),
    path("customers", people.listing, name="customers"),
    path("customers.csv", people.export, name="customers-csv"),
    path("customers/<int:pk>", people.one, name="customer"),
    path("customers/<int:pk>/notes", people.add_note, name="customer-notes"),
    path("customers/<int:pk>/merge", people.merge, name="customer-merge"),
    path("merges/<int:seq>/undoing", people.undo_merge, name="merge-undo"),
    path("identifiers/<int:pk>/split", people.split, name="identifier-split"),
    path("suggestions", suggestions.page, name="suggestions"),
    path("suggestions/<int:pk>/answer", suggestions.answer, name="suggestion-answer"),
    path("segments", segments.page, name="segments"),
    path("segments/trial", segments.trial, name="segment-trial"),
    path("segments/<int:pk>/removal", segments.remove, name="segment-remove"),
    path("retention", shop.retention, name="retention"),
    path("value", shop.value, name="value"),
    path("products", shop.products, name="products"),
    path("numbers/<slug:slug>", shop.definition, name="definition"),
    path("dictionary", shop.dictionary, name="dictionary"),
    path("charts/<slug:name>", charts.spec, name="chart"),
    path("import", imports.page, name="import"),
    path("import/<int:pk>", imports.one, name="import-one"),
    path("import/<int:pk>/progress", imports.progress, name="import-progress"),
    path("import/<int:pk>/go", imports.go, name="import-go"),
    path("import/<int:pk>/mapping", imports.remap, name="import-mapping"),
    path("import/<int:pk>/undoing", imports.undo_import, name="import-undo"),
    path("import/<int:pk>/rejects.csv", imports.rejects_csv, name="import-rejects"),
    path("settings", settings.page, name="settings"),
    path("settings/users", settings.add_user, name="settings-users"),
    path("settings/users/<int:pk>/closing", settings.close_user, name="settings-user-close"),
    path("settings/password", settings.password, name="settings-password"),
]
