package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

/** Reads the vectors of an embeddings request. */
final class EmbeddingAnswerReader implements AnswerReader {
  private final List<String> inputs;
  private final long tokens;
  private EmbeddingResponseParser.Vectors vectors;

  EmbeddingAnswerReader(PassThroughPrompt prompt) {
    this.inputs = inputs(prompt.body().getOrDefault("input", ""));
    this.tokens = Usage.tokens(prompt.characters());
    this.vectors = new EmbeddingResponseParser.Vectors(List.of(), "", Usage.UNKNOWN);
  }

  /** The texts; an input of token numbers is one text that is not shown. */
  private static List<String> inputs(Object input) {
    if (input instanceof List<?> list && !list.isEmpty() && !(list.getFirst() instanceof Number)) {
      return list.stream().map(each -> each instanceof String text ? text : "(tokens)").toList();
    }
    return List.of(input instanceof String text ? text : "(tokens)");
  }

  @Override
  public void whole(byte[] bytes) throws UnusableResponseException {
    var reader = new ResponseJsonReader<>(() -> new EmbeddingResponseParser(inputs.size(), tokens));
    try {
      vectors = reader.read(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
  }

  @Override
  public void event(String name, String data) throws UnusableResponseException {
    throw new UnusableResponseException("events in place of vectors");
  }

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
    return vectors.usage();
  }

  @Override
  public String model() {
    return vectors.model();
  }

  @Override
  public String text() {
    return "";
  }

  @Override
  public void show(LlmSpan span, CallReport report) {
    span.embedded(inputs, vectors, report);
  }
}
