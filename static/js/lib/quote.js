/* Quoting a post: what is selected of it, or all that its author said. The server writes the quote, so that it is as it
   will be read. */

/* What is selected within one post. */
export function chosen() {
  const selection = getSelection();
  const text = selection.isCollapsed ? "" : selection.toString().trim();
  const [from, to] = [selection.anchorNode, selection.focusNode].map((node) => (node?.nodeType === 1 ? node : node?.parentElement)?.closest(".post__body"));
  const post = text && from && from === to ? from.closest(".post[data-number]") : null;
  return post ? { post, text, range: selection.getRangeAt(0) } : null;
}

export async function quoteOf(post, text) {
  const token = document.querySelector("meta[name=csrf]")?.content ?? "";
  const answer = await fetch(`/api/v1/posts/${post.id.replace("post-", "")}/quote`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify({ text }),
  });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).body;
}

/* The button that follows what is selected, while that is in sight. */
export function offer(button) {
  const found = chosen();
  const last = found && [...found.range.getClientRects()].at(-1);
  const top = document.querySelector(".top")?.getBoundingClientRect().bottom ?? 0;
  button.hidden = !last || last.bottom < top || last.top > innerHeight;
  if (button.hidden) return;
  const { offsetWidth: width, offsetHeight: height } = button;
  const below = last.bottom + 8 + height < innerHeight * 0.9 ? last.bottom + 8 : last.top - 8 - height;
  button.style.left = `${Math.max(8, Math.min(last.right - width / 2, innerWidth - width - 8))}px`;
  button.style.top = `${Math.max(top + 8, below)}px`;
}
