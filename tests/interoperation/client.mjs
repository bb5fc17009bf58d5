/* The official client behind two pipes: a line of JSON in for each thing to do, a line out for each thing that happened.
   node client.mjs ADDRESS OPTIONS, where OPTIONS are those of io(). */
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [address, options] = process.argv.slice(2);
const tell = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const socket = io(address, { ...JSON.parse(options), forceNew: true });

socket.on("connect", () => tell({ happened: "connected", transport: socket.io.engine.transport.name }));
socket.on("connect_error", (error) => tell({ happened: "refused", why: error.message, data: error.data ?? null }));
socket.on("disconnect", (reason) => tell({ happened: "disconnected", why: reason }));
socket.onAny((name, given) => tell({ happened: "heard", name, given: given ?? null }));

createInterface({ input: process.stdin }).on("line", (line) => {
  const { name, given, number } = JSON.parse(line);
  socket.timeout(10_000).emit(name, given, (error, answer) => tell({ happened: "answered", number, answer: error ? null : answer }));
}).on("close", () => socket.disconnect());
