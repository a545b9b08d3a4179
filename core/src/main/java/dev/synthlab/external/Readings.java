package dev.synthlab.external;

import dev.synthlab.call.Event;
import dev.synthlab.http.Bodies;
import java.io.IOException;

/** The ways to read an answer that are more than JSON. */
final class Readings {
  private Readings() {}

  /** All of it, as it is. */
  record Plain(int limit) implements Reading<ApiAnswer> {
    private static final int NOT_MODIFIED = 304;

    @Override
    public ApiAnswer read(Event.Arrived answer) throws IOException {
      try (var open = answer.body()) {
        return new ApiAnswer(answer.status(), answer.headers(), Bodies.whole(open, limit));
      }
    }

    @Override
    public boolean takes(int status) {
      return status / 100 == 2 || status == NOT_MODIFIED;
    }
  }
}
