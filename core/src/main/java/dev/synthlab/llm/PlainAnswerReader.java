package dev.synthlab.llm;

import dev.synthlab.call.CallReport;

/** The reader of bodies of which nothing is recorded. */
final class PlainAnswerReader implements AnswerReader {
  @Override
  public void whole(byte[] bytes) {}

  @Override
  public void event(String name, String data) {}

  @Override
  public boolean hasBegun() {
    return true;
  }

  @Override
  public boolean isComplete() {
    return true;
  }

  @Override
  public Usage usage() {
    return Usage.UNKNOWN;
  }

  @Override
  public String model() {
    return "";
  }

  @Override
  public String text() {
    return "";
  }

  @Override
  public void show(LlmSpan span, CallReport report) {
    span.transferred(report);
  }
}
