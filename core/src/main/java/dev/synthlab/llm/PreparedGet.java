package dev.synthlab.llm;

import dev.synthlab.call.Route;
import dev.synthlab.http.Request;

/** A GET request to the API of a model server. */
record PreparedGet(Route route, Request wire) implements PreparedRequest<PreparedGet> {
  @Override
  public long weight() {
    return 0;
  }
}
