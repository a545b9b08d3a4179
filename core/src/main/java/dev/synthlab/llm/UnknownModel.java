package dev.synthlab.llm;

import dev.synthlab.call.Fault;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognises the error of a server that does not have a model, in the forms of OpenAI, Azure, vLLM,
 * Ollama, Gemini, Mistral, OpenRouter, Anthropic and LiteLLM.
 */
final class UnknownModel {
  /** The code of OpenAI, which all of them get. */
  static final String CODE = "model_not_found";

  private static final Set<String> CODES =
      Set.of(CODE, "deploymentnotfound", "modelnotfound", "model_not_available", "invalid_model");
  private static final Set<Fault.Kind> KINDS = Set.of(Fault.Kind.BAD_REQUEST, Fault.Kind.NOT_FOUND);
  private static final Pattern MESSAGE =
      Pattern.compile(
          "not found|not exist|invalid model|not a valid model|unknown model|no such model|model: ",
          Pattern.CASE_INSENSITIVE);

  private UnknownModel() {}

  /** The fault, as one of a model that does not exist if that is what the server says. */
  static Fault explained(Fault fault, String model) {
    return KINDS.contains(fault.kind()) && (hasCode(fault) || saysSo(fault.message(), model))
        ? fault.as(Fault.Kind.NOT_FOUND, fault.message()).withCode(CODE)
        : fault;
  }

  private static boolean hasCode(Fault fault) {
    return fault.code().filter(code -> CODES.contains(code.toLowerCase(Locale.ROOT))).isPresent();
  }

  /** The message of the server names the model beside the word. */
  private static boolean saysSo(String message, String model) {
    String low = message.toLowerCase(Locale.ROOT);
    int told = low.indexOf(": ");
    String ofServer = told < 0 ? low : low.substring(told);
    return ofServer.contains("model")
        && ofServer.replaceFirst("model", "").contains(model.toLowerCase(Locale.ROOT))
        && MESSAGE.matcher(ofServer).find();
  }
}
