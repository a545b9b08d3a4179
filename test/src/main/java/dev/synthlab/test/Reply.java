package dev.synthlab.test;

import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.test.LlmRequest.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a fake model does with one request. */
sealed interface Reply {
  /** The words of the script, for messages. */
  String description();

  /** Whether the reply can answer a request of this operation. */
  boolean fits(Operation operation);

  /** A chat answer, as the texts of its parts when it is streamed. */
  record Text(String description, List<String> parts, String finishReason, boolean refusal)
      implements Reply {
    @Override
    public boolean fits(Operation operation) {
      return operation == Operation.CHAT;
    }

    String text() {
      return String.join("", parts);
    }
  }

  /** A chat answer that calls a tool. */
  record ToolCall(String tool, String arguments) implements Reply {
    @Override
    public String description() {
      return "callsTool " + tool + " " + arguments;
    }

    @Override
    public boolean fits(Operation operation) {
      return operation == Operation.CHAT;
    }
  }

  /** A chat answer whose connection breaks after some parts. */
  record BrokenText(List<String> parts) implements Reply {
    @Override
    public String description() {
      return "fails with a stream that breaks after \"" + String.join("", parts) + "\"";
    }

    @Override
    public boolean fits(Operation operation) {
      return operation == Operation.CHAT;
    }
  }

  /** Vectors, one for each input. */
  record Vectors(List<float[]> vectors) implements Reply {
    @Override
    public String description() {
      return "embeds " + vectors.size() + (vectors.size() == 1 ? " vector" : " vectors");
    }

    @Override
    public boolean fits(Operation operation) {
      return operation == Operation.EMBEDDING;
    }
  }

  /** Images. */
  record Pictures(List<byte[]> images) implements Reply {
    @Override
    public String description() {
      return "draws " + images.size() + (images.size() == 1 ? " image" : " images");
    }

    @Override
    public boolean fits(Operation operation) {
      return operation == Operation.IMAGE;
    }
  }

  /** An error response. */
  record ErrorStatus(int status, String code, String message, Optional<Duration> retryAfter)
      implements Anywhere {
    @Override
    public String description() {
      return "fails with status " + status + " " + code;
    }
  }

  /** A response that is not JSON. */
  record Unreadable(String text) implements Anywhere {
    @Override
    public String description() {
      return "fails with a response that is not JSON";
    }
  }

  /** A connection that fails in a phase. */
  record Broken(Phase phase, String message) implements Anywhere {
    @Override
    public String description() {
      return "fails with a broken connection";
    }
  }

  /** An attempt that takes all of its time. */
  record TimedOut() implements Anywhere {
    @Override
    public String description() {
      return "fails with a timeout";
    }
  }

  /** No response at all. */
  record Silence() implements Anywhere {
    @Override
    public String description() {
      return "hangs";
    }
  }

  /** A reply to any operation. */
  sealed interface Anywhere extends Reply {
    @Override
    default boolean fits(Operation operation) {
      return true;
    }
  }
}
