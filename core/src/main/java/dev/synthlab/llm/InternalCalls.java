package dev.synthlab.llm;

import dev.synthlab.Internal;
import dev.synthlab.call.ActiveCalls;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Timer;
import dev.synthlab.http.Request;
import dev.synthlab.http.SharedTransport;
import dev.synthlab.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Calls of a client that are not public API: only the bulk run and the command make them. Safe for
 * use by many threads.
 */
@Internal
public final class InternalCalls {
  private final ModelCalls calls;

  private InternalCalls(ModelCalls calls) {
    this.calls = calls;
  }

  /**
   * The internal calls of a client.
   *
   * @param client makes the calls
   * @return its calls
   */
  public static InternalCalls of(LlmClient client) {
    return new InternalCalls(client.calls());
  }

  /**
   * Makes a client a part of another owner: its end ends the calls, and closing the client does
   * nothing.
   *
   * @param builder a builder of the client
   * @param transport the transport of the owner
   * @param active the calls of the owner
   * @return the same builder
   */
  public static LlmClientBuilder borrowed(
      LlmClientBuilder builder, SharedTransport transport, ActiveCalls active) {
    return builder.transport(transport).borrowed(active);
  }

  /**
   * Requests one completion.
   *
   * @param request the request
   * @param streamed whether the response is a stream, which is read to its end: a long answer is
   *     then not mistaken for a server that does not respond
   * @return the answer, the rejected answer, or the failure
   */
  public Outcome<Completion> completion(CompletionRequest request, boolean streamed) {
    return Outcomes.ofCompletion(calls.answer(request, streamed, calls.deadline(request)));
  }

  /**
   * Requests one JSON object, as {@link LlmClient#askJson}, and returns failures as values.
   *
   * @param request the request; its format may be a schema
   * @param streamed whether each response is a stream, which is read to its end
   * @return the answer, whose text is the JSON object; the rejected answer, for example with a
   *     {@link StructuredOutputException}; or the failure
   */
  public Outcome<Completion> json(CompletionRequest request, boolean streamed) {
    Deadline until = calls.deadline(request);
    return calls.asOne(
        () ->
            Outcomes.ofStructured(
                () -> StructuredCall.json(request).run(calls.asking(streamed, until)),
                typed ->
                    typed.completion().withText(Json.mapper().writeValueAsString(typed.value()))));
  }

  /**
   * Requests the list of models that the server has, in one attempt.
   *
   * @param within the deadline
   * @return the text of the response, or the failure
   */
  public CallResult<String> models(Duration within) {
    return check(calls.endpoint().models(), within);
  }

  /**
   * Sends a chat completion request without a model and messages, which costs nothing: a server
   * refuses it as invalid, unless it has no such address.
   *
   * @param within the deadline
   * @return the failure
   */
  public CallResult<String> chatAddress(Duration within) {
    return check(calls.endpoint().chat("{}".getBytes(StandardCharsets.UTF_8)), within);
  }

  private CallResult<String> check(Request sent, Duration within) {
    Endpoint endpoint = calls.endpoint();
    Timer timer = calls.timer();
    PreparedCheck request = new PreparedCheck(endpoint.route("check"), sent);
    return calls
        .once(within)
        .run(
            new ModelExchange<>(request, new ResponseTextReader(), timer),
            Deadline.in(timer, within));
  }
}
