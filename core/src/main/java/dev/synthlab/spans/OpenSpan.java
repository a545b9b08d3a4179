package dev.synthlab.spans;

import dev.synthlab.Internal;
import dev.synthlab.logging.Redactor;
import dev.synthlab.spans.TraceMasking.Hidden;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A span that has started. All its attributes are masked, redacted and limited in size. If the span
 * is not recorded, its methods do nothing. Attributes set after its end are lost. Safe for use by
 * many threads.
 */
@Internal
public final class OpenSpan {
  private static final int MAX_CHARACTERS = 100_000;
  private static final int MAX_MESSAGES = 256;
  private static final int MAX_NUMBERS = 32;

  private final Span span;
  private final Context context;
  private final TraceMasking masking;

  OpenSpan(Span span, Context around, TraceMasking masking) {
    this.span = span;
    this.context = around.with(span);
    this.masking = masking;
  }

  /**
   * Whether the span is recorded.
   *
   * @return false if no attribute needs to be set
   */
  public boolean recorded() {
    return span.isRecording();
  }

  /**
   * Runs work with this span as the current one. Log lines of the work have its {@code trace_id}
   * and {@code span_id}.
   *
   * @param work the work
   * @param <T> the type of the result
   * @return the result of the work
   * @throws Exception the exception of the work
   */
  public <T> T around(Callable<T> work) throws Exception {
    if (!span.getSpanContext().isValid()) {
      return within(work);
    }
    String trace = MDC.get("trace_id");
    String id = MDC.get("span_id");
    MDC.put("trace_id", span.getSpanContext().getTraceId());
    MDC.put("span_id", span.getSpanContext().getSpanId());
    try {
      return within(work);
    } finally {
      restore("trace_id", trace);
      restore("span_id", id);
    }
  }

  private <T> T within(Callable<T> work) throws Exception {
    Scope scope = context.makeCurrent();
    try {
      return work.call();
    } finally {
      scope.close();
    }
  }

  private static void restore(String name, @Nullable String value) {
    if (value == null) {
      MDC.remove(name);
    } else {
      MDC.put(name, value);
    }
  }

  /**
   * Sets a text attribute.
   *
   * @param name the name of the attribute
   * @param value the text
   */
  public void set(String name, String value) {
    if (span.isRecording()) {
      span.setAttribute(name, clean(value));
    }
  }

  /**
   * Sets an integer attribute.
   *
   * @param name the name of the attribute
   * @param value the number
   */
  public void set(String name, long value) {
    span.setAttribute(name, value);
  }

  /**
   * Sets a floating-point attribute.
   *
   * @param name the name of the attribute
   * @param value the number
   */
  public void set(String name, double value) {
    span.setAttribute(name, value);
  }

  /**
   * Sets an attribute with several texts.
   *
   * @param name the name of the attribute
   * @param values the texts
   */
  public void set(String name, List<String> values) {
    if (span.isRecording() && !values.isEmpty()) {
      span.setAttribute(
          AttributeKey.stringArrayKey(name), values.stream().map(OpenSpan::clean).toList());
    }
  }

  /**
   * Sets the input as text.
   *
   * @param text the input
   */
  public void input(String text) {
    value("input", text, "text/plain", inputHidden());
  }

  /**
   * Sets the input as JSON.
   *
   * @param tree maps, lists, strings, numbers, booleans
   */
  public void inputJson(Object tree) {
    if (span.isRecording()) {
      String json = inputHidden() ? "" : JsonTrees.write(JsonTrees.masked(tree, masking));
      value("input", json, "application/json", inputHidden());
    }
  }

  /**
   * Sets the output as text.
   *
   * @param text the output
   */
  public void output(String text) {
    value("output", text, "text/plain", outputHidden());
  }

  /**
   * Sets the output as JSON.
   *
   * @param json the output
   */
  public void outputJson(String json) {
    value("output", json, "application/json", outputHidden());
  }

  private void value(String which, String text, String type, boolean hidden) {
    if (span.isRecording()) {
      span.setAttribute(which + ".value", hidden ? TraceMasking.REDACTED : clean(text));
      span.setAttribute(which + ".mime_type", type);
    }
  }

  private boolean inputHidden() {
    return masking.hides(
        Hidden.OPENINFERENCE_HIDE_INPUTS,
        Hidden.OPENINFERENCE_HIDE_INPUT_MESSAGES,
        Hidden.OPENINFERENCE_HIDE_INPUT_TEXT,
        Hidden.OPENINFERENCE_HIDE_EMBEDDINGS_TEXT);
  }

  private boolean outputHidden() {
    return masking.hides(
        Hidden.OPENINFERENCE_HIDE_OUTPUTS,
        Hidden.OPENINFERENCE_HIDE_OUTPUT_MESSAGES,
        Hidden.OPENINFERENCE_HIDE_OUTPUT_TEXT);
  }

  /**
   * Sets the input messages.
   *
   * @param messages in order
   */
  public void inputMessages(List<SpanMessage> messages) {
    if (!masking.hides(
        Hidden.OPENINFERENCE_HIDE_INPUTS, Hidden.OPENINFERENCE_HIDE_INPUT_MESSAGES)) {
      messages("llm.input_messages.", messages, Hidden.OPENINFERENCE_HIDE_INPUT_TEXT);
    }
  }

  /**
   * Sets the output messages.
   *
   * @param messages in order
   */
  public void outputMessages(List<SpanMessage> messages) {
    if (!masking.hides(
        Hidden.OPENINFERENCE_HIDE_OUTPUTS, Hidden.OPENINFERENCE_HIDE_OUTPUT_MESSAGES)) {
      messages("llm.output_messages.", messages, Hidden.OPENINFERENCE_HIDE_OUTPUT_TEXT);
    }
  }

  private void messages(String name, List<SpanMessage> messages, Hidden text) {
    if (!span.isRecording()) {
      return;
    }
    for (int i = 0; i < Math.min(messages.size(), MAX_MESSAGES); i++) {
      message(name + i + ".message.", messages.get(i), masking.hides(text));
    }
  }

  private void message(String name, SpanMessage message, boolean hidden) {
    span.setAttribute(name + "role", message.role());
    List<SpanMessage.Part> parts = message.parts();
    if (parts.size() == 1 && parts.getFirst() instanceof SpanMessage.Part.Text only) {
      span.setAttribute(name + "content", hidden ? TraceMasking.REDACTED : clean(only.text()));
    } else {
      for (int i = 0; i < parts.size(); i++) {
        part(name + "contents." + i + ".message_content.", parts.get(i), hidden);
      }
    }
    message.callId().ifPresent(id -> span.setAttribute(name + "tool_call_id", clean(id)));
    for (int i = 0; i < message.calls().size(); i++) {
      SpanMessage.ToolCall call = message.calls().get(i);
      String prefix = name + "tool_calls." + i + ".tool_call.";
      span.setAttribute(prefix + "id", clean(call.id()));
      span.setAttribute(prefix + "function.name", clean(call.tool()));
      span.setAttribute(
          prefix + "function.arguments", hidden ? TraceMasking.REDACTED : clean(call.arguments()));
    }
  }

  private void part(String name, SpanMessage.Part part, boolean hidden) {
    switch (part) {
      case SpanMessage.Part.Text text -> {
        span.setAttribute(name + "type", "text");
        span.setAttribute(name + "text", hidden ? TraceMasking.REDACTED : clean(text.text()));
      }
      case SpanMessage.Part.Image image -> {
        span.setAttribute(name + "type", "image");
        span.setAttribute(
            name + "image.image.url", clean(JsonTrees.imageUrl(image.url(), masking)));
      }
    }
  }

  /**
   * Sets the tools of the request.
   *
   * @param schemas the definition of each tool as JSON
   */
  public void tools(List<String> schemas) {
    if (masking.hides(Hidden.OPENINFERENCE_HIDE_INPUTS, Hidden.OPENINFERENCE_HIDE_LLM_TOOLS)) {
      return;
    }
    for (int i = 0; i < schemas.size(); i++) {
      set("llm.tools." + i + ".tool.json_schema", schemas.get(i));
    }
  }

  /**
   * Sets the invocation parameters.
   *
   * @param tree maps, lists, strings, numbers, booleans
   */
  public void parameters(Object tree) {
    if (span.isRecording() && !masking.hides(Hidden.OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS)) {
      span.setAttribute("llm.invocation_parameters", clean(JsonTrees.write(tree)));
    }
  }

  /**
   * Sets an embedding.
   *
   * @param index the index of the text, from 0
   * @param text the text
   * @param vector the vector, of which the first numbers are shown
   */
  public void embedding(int index, String text, float[] vector) {
    if (!span.isRecording() || index >= MAX_MESSAGES) {
      return;
    }
    String name = "embedding.embeddings." + index + ".embedding.";
    boolean hidden =
        masking.hides(
            Hidden.OPENINFERENCE_HIDE_INPUTS,
            Hidden.OPENINFERENCE_HIDE_INPUT_TEXT,
            Hidden.OPENINFERENCE_HIDE_EMBEDDINGS_TEXT);
    span.setAttribute(name + "text", hidden ? TraceMasking.REDACTED : clean(text));
    if (!masking.hides(
        Hidden.OPENINFERENCE_HIDE_OUTPUTS, Hidden.OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS)) {
      double[] shown = new double[Math.min(vector.length, MAX_NUMBERS)];
      for (int i = 0; i < shown.length; i++) {
        shown[i] = vector[i];
      }
      span.setAttribute(
          AttributeKey.doubleArrayKey(name + "vector"), Arrays.stream(shown).boxed().toList());
    }
  }

  /**
   * Sets the URL of the request.
   *
   * @param base the part of the URL that all requests of the route share
   * @param whole the URL of this request, without parts that may contain a key
   */
  public void url(String base, String whole) {
    set("url.full", inputHidden() ? base + "/" + TraceMasking.REDACTED : whole);
  }

  /**
   * Adds an event.
   *
   * @param name the name of the event
   */
  public void event(String name) {
    span.addEvent(name);
  }

  /** Sets the status to OK. */
  public void succeeded() {
    span.setStatus(StatusCode.OK);
  }

  /**
   * Records a failure.
   *
   * @param type the error type, of low cardinality
   * @param message the description
   */
  public void recordFailure(String type, String message) {
    if (span.isRecording()) {
      span.setAttribute("error.type", clean(type));
      span.setStatus(StatusCode.ERROR, masking.hidesMessages() ? type : clean(message));
    }
  }

  /**
   * Records an exception.
   *
   * @param type the error type
   * @param exception the exception
   */
  public void recordFailure(String type, Throwable exception) {
    if (!span.isRecording()) {
      return;
    }
    recordFailure(
        type,
        Optional.ofNullable(exception.getMessage()).orElse(exception.getClass().getSimpleName()));
    AttributesBuilder event = Attributes.builder();
    event.put("exception.type", exception.getClass().getName());
    event.put("exception.escaped", true);
    if (masking.hidesMessages()) {
      event.put("exception.stacktrace", frames(exception));
    } else {
      StringWriter trace = new StringWriter();
      exception.printStackTrace(new PrintWriter(trace));
      event.put("exception.message", clean(String.valueOf(exception.getMessage())));
      event.put("exception.stacktrace", clean(trace.toString()));
    }
    span.addEvent("exception", event.build());
  }

  /** The stack trace without the messages of the exceptions, which may repeat any input. */
  private static String frames(Throwable exception) {
    StringBuilder all = new StringBuilder();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable each = exception; each != null && seen.add(each); each = each.getCause()) {
      all.append(each.getClass().getName()).append('\n');
      for (StackTraceElement frame : each.getStackTrace()) {
        all.append("\tat ").append(frame).append('\n');
      }
    }
    return clean(all.toString());
  }

  /** Ends the span. */
  public void end() {
    span.end();
  }

  void end(Instant at) {
    span.end(at);
  }

  /** Redacts a text and limits its length. */
  private static String clean(String text) {
    String safe = Redactor.redactBeginning(text, MAX_CHARACTERS);
    int left = text.length() - MAX_CHARACTERS;
    return left <= 0 ? safe : safe + "… (" + left + " characters left out)";
  }
}
