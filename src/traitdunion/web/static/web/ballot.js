// The code of a ballot stands after "#": no server, no journal and no referer ever sees it there.
const code = document.getElementById("id_code");
const told = decodeURIComponent(location.hash.slice(1));
if (code && told && !code.value) {
  code.value = told;
  history.replaceState(null, "", location.pathname);
}
