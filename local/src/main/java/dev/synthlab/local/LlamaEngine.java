package dev.synthlab.local;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The engine over llama.cpp in this process.
 *
 * <p>The native thread never detaches from the JVM, which waits for it even after {@link #close};
 * {@link MainEnd} ends the process when {@code main} has returned.
 */
final class LlamaEngine implements Engine {
  /** The number of prompt tokens that are read between two checks for cancellation. */
  private static final int STRIDE = 32;

  private static final int CONTEXT = 4096;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final LlamaModel model;
  private final Gguf file;
  private final int contextSize;
  private boolean computing;

  private LlamaEngine(LlamaModel model, Gguf file, int contextSize) {
    this.model = model;
    this.file = file;
    this.contextSize = contextSize;
  }

  /** Loads a model file; takes about half a second for a small one. */
  static LlamaEngine load(Path weights, Path cache, int threads) {
    NativeLibrary.load(cache);
    try {
      Gguf file = Gguf.read(weights);
      int context = file.contextLength() > 0 ? Math.min(CONTEXT, file.contextLength()) : CONTEXT;
      ModelParameters parameters =
          new ModelParameters()
              .setModel(weights.toString())
              .setCtxSize(context)
              .setParallel(1)
              .setThreads(threads)
              .setThreadsBatch(threads)
              .disableContextShift()
              .skipWarmup()
              .disableLog();
      // A template may throw an exception for an order of roles, which would end the process; the
      // rendering of known templates in the library throws none.
      if (file.template().filter(text -> !text.contains("raise_exception")).isPresent()) {
        parameters.enableJinja();
      }
      return new LlamaEngine(new LlamaModel(parameters), file, context);
    } catch (IOException | RuntimeException e) {
      // The library's own exception is not public.
      throw new EngineException("the model " + weights + " cannot be loaded", e);
    }
  }

  @Override
  public int contextSize() {
    return contextSize;
  }

  @Override
  public int[] prompt(List<Turn> turns) {
    ObjectNode conversation = JSON.createObjectNode();
    ArrayNode messages = conversation.putArray("messages");
    for (Turn turn : turns) {
      messages
          .addObject()
          .put("role", turn.role())
          .put("content", SurrogateEscaping.fold(turn.content()));
    }
    String text = SurrogateEscaping.unfold(model.applyTemplate(conversation.toString()));
    int[] tokens = model.encode(text);
    return beginsWithBos(text) ? withBos(tokens) : tokens;
  }

  /** The library removes the first token from a rendered template, and does not add it again. */
  private boolean beginsWithBos(String rendered) {
    boolean inTemplate =
        file.template()
            .filter(text -> text.contains("bos_token") || text.contains(file.bos()))
            .isPresent();
    return !file.bos().isEmpty()
        && !rendered.startsWith(file.bos())
        && (file.addBos() || inTemplate);
  }

  private int[] withBos(int[] tokens) {
    int[] all = new int[tokens.length + 1];
    all[0] = file.bosId();
    System.arraycopy(tokens, 0, all, 1, tokens.length);
    return all;
  }

  @Override
  public void check(String schema) throws ErrorResponse {
    try {
      InferenceParameters parameters = new InferenceParameters("a").setNPredict(1);
      raw(parameters).put("json_schema", schema);
      model.generate(parameters).forEach(output -> {});
    } catch (RuntimeException e) {
      // The library's own exception is not public.
      throw new ErrorResponse(
          400,
          "response_format",
          "invalid_json_schema",
          "this JSON schema cannot be followed: " + reason(e));
    }
  }

  @Override
  public Run start(int[] prompt, Sampling sampling) {
    return new LlamaRun(prompt, sampling);
  }

  @Override
  public void close() {
    if (computing) {
      rest();
    }
    model.close();
  }

  /** Waits until the native thread has left the cancelled answer: it works in order of arrival. */
  private void rest() {
    try {
      model.generate(new InferenceParameters("a").setNPredict(1)).forEach(output -> {});
    } catch (RuntimeException e) {
      // An answer that fails has left it too.
    }
  }

  /** Some messages of the library are those of a server: JSON with the text inside. */
  private static String reason(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    try {
      return JSON.readTree(message).path("message").asString(message);
    } catch (JacksonException plain) {
      return message;
    }
  }

  /**
   * The parameters as the library writes them. It reads a prompt as tokens and a JSON schema, but
   * has no public API for them; its public conversion of a schema ends the process for a schema
   * that it does not know.
   */
  @SuppressWarnings("unchecked")
  private static Map<String, String> raw(InferenceParameters parameters) {
    try {
      Field field = InferenceParameters.class.getSuperclass().getDeclaredField("parameters");
      field.setAccessible(true);
      return (Map<String, String>) field.get(parameters);
    } catch (ReflectiveOperationException e) {
      throw new EngineException("this version of the llama library is not the known one", e);
    }
  }

  /** Reads the prompt in batches, then returns one token after the other. */
  private final class LlamaRun implements Run {
    private final int[] prompt;
    private final Sampling sampling;
    private int read;
    private int withoutText;
    private Optional<LlamaIterator> tokens = Optional.empty();

    LlamaRun(int[] prompt, Sampling sampling) {
      this.prompt = prompt;
      this.sampling = sampling;
    }

    @Override
    public Piece next() {
      try {
        if (prompt.length - read > STRIDE) {
          stride();
          return new Piece("", 0, false);
        }
        LlamaIterator running = tokens.orElseGet(this::answer);
        tokens = Optional.of(running);
        String text = running.next().text;
        boolean last = !running.hasNext();
        return new Piece(text, last ? 0 : tokensOf(text), last);
      } catch (RuntimeException e) {
        // The library's own exception is not public.
        throw new EngineException("the embedded model failed: " + reason(e), e);
      }
    }

    @Override
    public void cancel() {
      computing = tokens.isPresent();
      tokens.ifPresent(LlamaIterator::cancel);
    }

    private void stride() {
      InferenceParameters parameters = upTo(read + STRIDE).setNPredict(1);
      model.generate(parameters).forEach(output -> {});
      read += STRIDE;
    }

    private LlamaIterator answer() {
      InferenceParameters parameters =
          upTo(prompt.length)
              .setNPredict(sampling.maxTokens())
              .setTemperature((float) sampling.temperature())
              .setTopP((float) sampling.topP());
      sampling.seed().ifPresent(parameters::setSeed);
      if (!sampling.stops().isEmpty()) {
        parameters.setStopStrings(sampling.stops().toArray(String[]::new));
      }
      sampling.schema().ifPresent(schema -> raw(parameters).put("json_schema", schema));
      return model.generate(parameters).iterator();
    }

    /** The cache of earlier prompts is off: it would change the answer. */
    private InferenceParameters upTo(int end) {
      InferenceParameters parameters = new InferenceParameters("").setCachePrompt(read > 0);
      raw(parameters).put("prompt", Arrays.toString(Arrays.copyOf(prompt, end)));
      return parameters;
    }

    /**
     * The library keeps a token back while a character is incomplete, and does not say how many it
     * kept; those that only might be the beginning of a stop come one by one without text.
     */
    private int tokensOf(String text) {
      if (text.isEmpty()) {
        withoutText++;
        return 1;
      }
      boolean ascii = text.chars().allMatch(c -> c < 0x80);
      int kept = ascii ? 0 : Math.max(0, model.encode(text).length - 1 - withoutText);
      withoutText = 0;
      return 1 + kept;
    }
  }
}
