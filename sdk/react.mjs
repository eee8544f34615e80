"use client";
/*! Linchpin for React 0.1.0 | MIT OR Apache-2.0 */
// A hook around the loader: makes an instance for as long as the component is there, and always calls the callbacks of
// the latest render.
import { useCallback, useEffect, useRef, useState } from "react";
import { Linchpin } from "./linchpin.mjs";

const WAITING = { ready: false, error: undefined };
const isFunction = (value) => typeof value == "function";

export function useLinchpin(options) {
  const { token, widgetUrl, container, label } = options;
  const [state, setState] = useState(WAITING);
  const latest = useRef(options);
  const now = useRef({});
  useEffect(() => void (latest.current = options));

  // What a function does may change from render to render without being another; a text that changes is another token.
  const source = isFunction(token) || token;
  const home = widgetUrl && String(widgetUrl);
  useEffect(() => {
    if (!source) return;
    const { current } = now;
    let instance;
    const make = () => {
      setState(WAITING);
      const given = { ...latest.current, container: container?.current ?? container };
      if (isFunction(token)) given.token = (link) => latest.current.token(link);
      for (const name of ["onSuccess", "onDone", "onExit", "onEvent", "onLinked"]) {
        // Which end is told depends on whether the host takes it.
        if (!given[name] && /Success|Done/.test(name)) continue;
        given[name] = (...values) => {
          if (/Success|Done|Exit/.test(name)) current.ended = true;
          latest.current[name]?.(...values);
        };
      }
      current.ended = false;
      const made = (instance = current.instance = Linchpin.create(given));
      const say = (state) => instance == made && setState(state);
      made.ready.then(
        () => say({ ready: true, error: undefined }),
        (error) => error.code != "destroyed" && say({ ready: false, error }),
      );
    };
    current.again = () => {
      instance.destroy();
      make();
    };
    make();
    if (current.wanted) instance.open();
    current.wanted = false;
    return () => {
      instance.destroy();
      instance = current.instance = undefined;
    };
  }, [source, home, container, label]);

  const open = useCallback(() => {
    const { current } = now;
    // A function gets a fresh token for each opening; without one, or before there is a token, the wish waits for it.
    if (current.ended && isFunction(latest.current.token)) current.again();
    if (current.instance) current.instance.open();
    else current.wanted = true;
  }, []);
  const exit = useCallback((how) => now.current.instance?.exit(how), []);
  return { open, exit, ...state };
}
