package dev.synthlab.test;

import dev.synthlab.json.Json;
import dev.synthlab.json.JsonBinding;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A list of replies that a fake model gives in order; each method adds one and returns the same
 * object.
 *
 * @param <S> the type of the script itself
 */
public abstract sealed class Script<S extends Script<S>> permits FakeLlm, FakeLlm.Rule {
  Script() {}

  abstract S then(Reply reply);

  /**
   * Answers a chat with a text.
   *
   * @param text the text
   * @return this
   */
  public S answers(String text) {
    return then(new Reply.Text("answers \"" + text + "\"", List.of(text), "stop", false));
  }

  /**
   * Answers a chat with a value as JSON, as a model writes it for that type.
   *
   * @param value a record, enum constant, number or boolean; or a map, which is written as it is
   * @return this
   * @throws IllegalArgumentException if JSON cannot describe its type
   */
  public S answers(Object value) {
    return answers(
        switch (value) {
          case String text -> text;
          case Map<?, ?> map -> Json.mapper().writeValueAsString(map);
          case Enum<?> constant -> json(JsonBinding.of(constant.getDeclaringClass()), constant);
          default -> json(JsonBinding.of(value.getClass()), value);
        });
  }

  /**
   * Answers a chat with a value of a sealed interface as JSON, which names the record.
   *
   * @param type the sealed interface
   * @param value one of its records
   * @param <T> the type
   * @return this
   */
  public <T> S answers(Class<T> type, T value) {
    return answers(json(JsonBinding.of(type), value));
  }

  /**
   * Answers a chat with a list of values as JSON, for {@code streamList} and lists of a type.
   *
   * @param type the type of the elements
   * @param values the elements
   * @param <T> the type
   * @return this
   */
  public <T> S answersList(Class<T> type, Collection<? extends T> values) {
    return answers(json(JsonBinding.listOf(type), List.copyOf(values)));
  }

  private static String json(JsonBinding binding, Object value) {
    return Json.mapper().writeValueAsString(binding.write(value));
  }

  /**
   * Answers a chat in parts: each part is one event of a stream. A call without a stream gets the
   * whole text.
   *
   * @param parts the texts
   * @return this
   */
  public S streams(String... parts) {
    String description = "streams \"" + String.join("\", \"", parts) + "\"";
    return then(new Reply.Text(description, List.of(parts), "stop", false));
  }

  /**
   * Answers a chat with a tool call.
   *
   * @param tool the name of the tool
   * @param arguments a record or a map, which is written as JSON; or JSON as text
   * @return this
   */
  public S callsTool(String tool, Object arguments) {
    String json =
        switch (arguments) {
          case String text -> text;
          case Map<?, ?> map -> Json.mapper().writeValueAsString(map);
          default -> json(JsonBinding.of(arguments.getClass()), arguments);
        };
    return then(new Reply.ToolCall(tool, json));
  }

  /**
   * Answers a request for embeddings.
   *
   * @param vectors one vector for each input of the request, all of one length
   * @return this
   */
  public S embeds(float[]... vectors) {
    return then(new Reply.Vectors(List.of(vectors)));
  }

  /**
   * Answers a request for images.
   *
   * @param images the bytes of each image file
   * @return this
   */
  public S draws(byte[]... images) {
    return then(new Reply.Pictures(List.of(images)));
  }

  /**
   * Fails one request. If the client tries again, the next attempt gets the next reply.
   *
   * @param failure the failure, for example {@code rateLimited(Duration.ofSeconds(1))}
   * @return this
   */
  public S fails(Failure failure) {
    return then(failure.reply());
  }

  /**
   * Does not answer one request. With an automatic clock the timeout of the attempt is over
   * immediately; with {@link ManualTimer#stopped()} the request waits until the clock passes its
   * timeout, the call is cancelled, or the client is closed.
   *
   * @return this
   */
  public S hangs() {
    return then(new Reply.Silence());
  }
}
