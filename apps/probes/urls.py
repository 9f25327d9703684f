from django.urls import URLPattern, URLResolver

app_name = "probes"
urlpatterns: list[URLPattern | URLResolver] = []
