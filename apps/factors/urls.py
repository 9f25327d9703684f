from django.urls import URLPattern, URLResolver

app_name = "factors"
urlpatterns: list[URLPattern | URLResolver] = []
