// The browsable API page: Swagger UI from the installed package, calling as the person who is signed in.

const place = document.querySelector("#api");
const token = document.querySelector('meta[name="csrf-token"]')?.content;

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  docExpansion: "list",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (token) request.headers["X-CSRFToken"] = token;
    return request;
  },
});
