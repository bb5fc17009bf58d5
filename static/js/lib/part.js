/* A part of a page, as elements. The browser parses it on its way in: nothing is written as HTML here. */
export function part(method, address, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = "document";
    request.timeout = 10_000;
    request.onload = () => (request.status === 200 && request.response ? resolve([...request.response.body.children]) : reject(new Error(request.status)));
    request.onerror = request.ontimeout = reject;
    request.send(body);
  });
}
