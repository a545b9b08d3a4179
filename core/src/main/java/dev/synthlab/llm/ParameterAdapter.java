package dev.synthlab.llm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Adapts the parameters of a request to those that a model accepts. For one thread.
 *
 * @see <a href="https://platform.openai.com/docs/guides/reasoning">OpenAI on reasoning models</a>
 */
final class ParameterAdapter {
  private static final String EFFORT = "reasoning_effort";
  private static final String NONE = "none";
  private static final List<String> SAMPLING = List.of("top_p", "logprobs", "top_logprobs");
  private static final List<String> PENALTIES =
      List.of("presence_penalty", "frequency_penalty", "logit_bias");

  private final Model model;
  private Map<String, Object> body;
  private boolean copied;
  private final BiConsumer<String, String> said;

  private ParameterAdapter(Model model, Map<String, Object> body, BiConsumer<String, String> said) {
    this.model = model;
    this.body = body;
    this.said = said;
  }

  /**
   * The body with the parameters that the model accepts.
   *
   * @param said hears what was changed that the answer may depend on: the parameter, and how
   */
  static Map<String, Object> adapted(
      Model model, Map<String, Object> body, BiConsumer<String, String> said) {
    return new ParameterAdapter(model, body, said).taken();
  }

  private Map<String, Object> taken() {
    switch (model.family()) {
      case GPT -> leaveOut(EFFORT);
      case O_SERIES -> {
        effort();
        sampling(false);
        if (!model.name().contains("o1") && !model.name().contains("o3-mini")) {
          leaveOut("stop");
        }
        if (!model.can(Model.Ability.PARALLEL_TOOLS)) {
          leaveOut("parallel_tool_calls");
        }
        renameMaxTokens();
        renameSystemRole();
      }
      case GPT_5 -> {
        effort();
        sampling(reasoningIsOff());
        leaveOut("stop");
        renameMaxTokens();
      }
      case GPT_5_CHAT -> {
        leaveOut(EFFORT);
        renameMaxTokens();
      }
      case OTHER -> {
        effort();
        if (!model.can(Model.Ability.SAMPLING)) {
          List.of("temperature", "top_p", "top_k").forEach(this::leaveOut);
        }
      }
    }
    return body;
  }

  private void effort() {
    if (!model.can(Model.Ability.REASONING)) {
      leaveOut(EFFORT);
    } else if (body.get(EFFORT) instanceof String word) {
      ReasoningEffort.nearest(word, model.efforts())
          .ifPresent(
              nearest -> {
                own().put(EFFORT, nearest);
                said.accept(EFFORT, word + " is sent as " + nearest);
              });
    }
  }

  private boolean reasoningIsOff() {
    Object request = body.get(EFFORT);
    return NONE.equals(request == null ? model.defaultEffort().orElse("") : request);
  }

  private void sampling(boolean free) {
    if (!free) {
      boolean byDefault = body.get("temperature") instanceof Number warm && warm.doubleValue() == 1;
      if (!byDefault) {
        leaveOut("temperature");
      }
      SAMPLING.forEach(this::leaveOut);
    }
    PENALTIES.forEach(this::leaveOut);
  }

  private void renameMaxTokens() {
    if (body.containsKey("max_tokens")) {
      Object max = own().remove("max_tokens");
      if (max != null) {
        own().putIfAbsent("max_completion_tokens", max);
      }
    }
  }

  private void renameSystemRole() {
    if (body.get("messages") instanceof List<?> messages) {
      own().put("messages", messages.stream().map(ParameterAdapter::withDeveloperRole).toList());
    }
  }

  private static Object withDeveloperRole(Object message) {
    if (!(message instanceof Map<?, ?> parts) || !"system".equals(parts.get("role"))) {
      return message;
    }
    Map<Object, Object> other = new LinkedHashMap<>(parts);
    other.put("role", "developer");
    return other;
  }

  /** A copy that may be changed. */
  private Map<String, Object> own() {
    if (!copied) {
      body = new LinkedHashMap<>(body);
      copied = true;
    }
    return body;
  }

  private void leaveOut(String parameter) {
    if (body.containsKey(parameter)) {
      own().remove(parameter);
      said.accept(parameter, "left out");
    }
  }
}
