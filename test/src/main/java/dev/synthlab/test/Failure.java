package dev.synthlab.test;

import dev.synthlab.http.TransportException.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A failure of one request, as a server or the network causes it; the client decides whether it
 * tries again. Immutable.
 */
public final class Failure {
  private final Reply reply;

  private Failure(Reply reply) {
    this.reply = reply;
  }

  Reply reply() {
    return reply;
  }

  /**
   * Status 429 with a time to wait.
   *
   * @param wait the time in {@code Retry-After}, in whole milliseconds
   * @return the failure; if it remains, {@code CallException.RateLimited}
   */
  public static Failure rateLimited(Duration wait) {
    return status(
        429, "rate_limit_exceeded", "Rate limit reached for requests.", Optional.of(wait));
  }

  /**
   * Status 503 of a server with too much load.
   *
   * @return the failure; if it remains, {@code CallException.ServerFailed}
   */
  public static Failure overloaded() {
    return status(
        503, "server_overloaded", "That model is currently overloaded.", Optional.empty());
  }

  /**
   * An error of the server.
   *
   * @param status 500 to 599
   * @return the failure; if it remains, {@code CallException.ServerFailed}
   */
  public static Failure serverError(int status) {
    if (status < 500 || status > 599) {
      throw new IllegalArgumentException("a server error is 500 to 599, was " + status);
    }
    return status(status, "server_error", "The server had an error.", Optional.empty());
  }

  /**
   * Status 401: the key is not accepted.
   *
   * @return the failure, {@code CallException.Authentication}; it is not tried again
   */
  public static Failure badKey() {
    return status(401, "invalid_api_key", "Incorrect API key provided.", Optional.empty());
  }

  /**
   * Status 429 of an account without credit.
   *
   * @return the failure, {@code CallException.QuotaExceeded}; it is not tried again
   */
  public static Failure quotaExceeded() {
    return status(429, "insufficient_quota", "You exceeded your current quota.", Optional.empty());
  }

  /**
   * Status 400: the request is invalid.
   *
   * @param message the message of the server
   * @return the failure, {@code CallException.BadRequest}; it is not tried again
   */
  public static Failure badRequest(String message) {
    return status(400, "invalid_request_error", message, Optional.empty());
  }

  /**
   * Status 404: the server does not have the model.
   *
   * @return the failure, {@code CallException.NotFound}; it is not tried again
   */
  public static Failure unknownModel() {
    return status(404, "model_not_found", "The model does not exist.", Optional.empty());
  }

  /**
   * Status 400: the content filter refused the prompt.
   *
   * @return the failure, {@code CallException.PromptFiltered}; it is not tried again
   */
  public static Failure promptFiltered() {
    return status(
        400,
        "content_filter",
        "The prompt was filtered by the content management policy.",
        Optional.empty());
  }

  /**
   * No response within the timeout of the attempt. The clock of the test passes it.
   *
   * @return the failure; if it remains, {@code CallException.DeadlineExceeded}
   */
  public static Failure timeout() {
    return new Failure(new Reply.TimedOut());
  }

  /**
   * A connection that breaks before the response.
   *
   * @return the failure; if it remains, {@code CallException.ConnectionFailed}
   */
  public static Failure brokenConnection() {
    return new Failure(new Reply.Broken(Phase.EXCHANGE, "the connection was reset"));
  }

  /**
   * A response that is not JSON.
   *
   * @return the failure; if it remains, {@code CallException.MalformedResponse}
   */
  public static Failure unreadable() {
    return new Failure(new Reply.Unreadable("<html>502 Bad Gateway</html>"));
  }

  /**
   * A stream whose connection breaks after some text. It is not tried again; for a call without a
   * stream it is a broken connection.
   *
   * @param parts the texts that arrive before
   * @return the failure, {@code CallException.StreamInterrupted} for a stream
   */
  public static Failure brokenStream(String... parts) {
    return new Failure(new Reply.BrokenText(List.of(parts)));
  }

  /**
   * An answer that the model refuses to give.
   *
   * @param refusal the words of the model
   * @return the failure, {@code AnswerException.Refused}; it is not tried again
   */
  public static Failure refused(String refusal) {
    return new Failure(
        new Reply.Text(
            "fails with the refusal \"" + refusal + "\"", List.of(refusal), "stop", true));
  }

  /**
   * An answer that the content filter ends.
   *
   * @param partial the text before
   * @return the failure, {@code AnswerException.ContentFiltered}; it is not tried again
   */
  public static Failure contentFiltered(String partial) {
    return new Failure(
        new Reply.Text(
            "fails with the content filter after \"" + partial + "\"",
            List.of(partial),
            "content_filter",
            false));
  }

  /**
   * An answer that the token limit cuts off.
   *
   * @param partial the text before
   * @return the failure, {@code AnswerException.Truncated} where a whole answer is needed
   */
  public static Failure truncated(String partial) {
    return new Failure(
        new Reply.Text(
            "fails with the token limit after \"" + partial + "\"",
            List.of(partial),
            "length",
            false));
  }

  private static Failure status(
      int status, String code, String message, Optional<Duration> retryAfter) {
    return new Failure(new Reply.ErrorStatus(status, code, message, retryAfter));
  }

  @Override
  public String toString() {
    return reply.description();
  }
}
