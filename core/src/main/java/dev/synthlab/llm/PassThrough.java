package dev.synthlab.llm;

import dev.synthlab.Internal;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Deadline;
import dev.synthlab.config.Settings;
import dev.synthlab.http.Body;

/**
 * Sends the requests of another client library through the call loop of a client: with its limits,
 * pauses, breakers, budget, spans and observers. The bodies stay as the library wrote them, and the
 * library reads the responses. Safe for use by many threads.
 */
@Internal
public final class PassThrough {
  private final ModelCalls calls;

  private PassThrough(ModelCalls calls) {
    this.calls = calls;
  }

  /**
   * The pass-through of a client.
   *
   * @param client its loop makes the calls
   * @return the pass-through
   */
  public static PassThrough of(LlmClient client) {
    return new PassThrough(client.calls());
  }

  /**
   * The settings of the client.
   *
   * @return address, key and times
   */
  public Settings.Llm settings() {
    return calls.endpoint().settings();
  }

  /**
   * Sends a request, and sends it again as the loop decides.
   *
   * @param request the request
   * @return the response; an error response too, if it was the last one of the call
   * @throws CallException if the call failed and no response says why
   */
  public PassThroughResponse send(PassThroughRequest request) {
    calls.active().requireOpen();
    PassThroughPrompt prompt = PassThroughPrompt.of(request, calls.endpoint().known());
    LlmSpan span = prompt.open(calls.loop().telemetry());
    span.callId(request.id());
    return span.opening(() -> sent(request, prompt, span));
  }

  private PassThroughResponse sent(
      PassThroughRequest request, PassThroughPrompt prompt, LlmSpan span) {
    CallLoop loop = calls.loop();
    CallLoop own = loop.with(loop.policy().withTimeout(request.timeout()));
    PassThroughExchange exchange = new PassThroughExchange(prompt, calls.timer());
    CallResult<PassThroughBody> result =
        own.run(exchange, Deadline.in(calls.timer(), request.deadline()));
    return switch (result) {
      case CallResult.Answered<PassThroughBody> ok -> {
        PassThroughBody body = ok.value();
        body.answeredWithin(span, ok.report());
        yield new PassThroughResponse(body.status(), body.headers(), body.stream(), ok.report());
      }
      case CallResult.Failed<PassThroughBody> failed -> {
        CallException reason = failed.exception();
        span.failed(reason);
        yield exchange
            .refusal(failed.fault())
            .map(refusal -> refusal.response(failed.report()))
            .orElseThrow(() -> reason);
      }
    };
  }

  /**
   * Whether a body is read whole before it is sent: JSON, whose model and messages are recorded.
   *
   * @param contentType the media type
   * @return false for uploads
   */
  public static boolean isRecorded(String contentType) {
    return contentType.startsWith(Body.json(new byte[0]).contentType());
  }
}
