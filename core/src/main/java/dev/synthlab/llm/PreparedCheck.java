package dev.synthlab.llm;

import dev.synthlab.call.Route;
import dev.synthlab.http.Request;

/** A request that only checks what a model server has. */
record PreparedCheck(Route route, Request wire) implements PreparedRequest<PreparedCheck> {
  @Override
  public long weight() {
    return 0;
  }
}
