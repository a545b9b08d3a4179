package dev.synthlab.llm;

import dev.synthlab.call.Outcome;

/** Stub. */
public final class LlmClient implements AutoCloseable {
  public Outcome<Completion> outcome(CompletionRequest request) {
    throw new IllegalStateException(request.toString());
  }

  public Outcome<Completion> streamed(CompletionRequest request) {
    throw new IllegalStateException(request.toString());
  }

  public String defaultModel() {
    return "";
  }

  @Override
  public void close() {}
}
