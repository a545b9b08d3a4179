package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.http.Headers;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * The description of an error in the body of a response, in whichever of the usual forms a server
 * writes it: an object, a string or a list named {@code error} or {@code errors}, also nested, a
 * list of them, or an object without such a name.
 *
 * @param codes the error codes: names and statuses, the most specific first
 * @param reasons the names of causes and quotas in the details of the error
 * @param parameter the request parameter that the server rejected
 * @param message the message of the server; JSON if it has none, and empty for an empty body
 * @param retryDelay the time to wait, as it is written in the body
 * @param headers the headers of another server that the body repeats
 */
@Internal
public record ErrorBody(
    List<String> codes,
    List<String> reasons,
    Optional<String> parameter,
    String message,
    Optional<String> retryDelay,
    Headers headers) {

  /** Copies the lists. */
  public ErrorBody {
    codes = List.copyOf(codes);
    reasons = List.copyOf(reasons);
  }

  /**
   * Creates an error with a message.
   *
   * @param code its code, or an empty text
   * @param message the message of the server
   * @return the error
   */
  public static ErrorBody of(String code, String message) {
    List<String> codes = code.isBlank() ? List.of() : List.of(code);
    return new ErrorBody(
        codes, List.of(), Optional.empty(), message.strip(), Optional.empty(), Headers.NONE);
  }

  /**
   * Reads a text that is known to describe an error: the body of a response with an error status,
   * or an event named {@code error}.
   *
   * @param text JSON, or any other text
   * @return the error
   */
  public static ErrorBody read(String text) {
    return ErrorBodyReader.read(text);
  }

  /**
   * Reads the value of a field named {@code error} or {@code errors}.
   *
   * @param value the value
   * @return the error; empty if the value is null, false or empty
   */
  public static Optional<ErrorBody> of(JsonNode value) {
    return ErrorBodyReader.of(value);
  }

  /**
   * Searches for an error in JSON that should be a successful response, or a part of one: at the
   * top, in a list, and in the first of its {@code choices}.
   *
   * @param response the whole response, or one event of a stream
   * @return the error; empty if there is none
   */
  public static Optional<ErrorBody> in(JsonNode response) {
    return ErrorBodyReader.in(response);
  }

  /**
   * The status that the response should have had, by the codes and the message.
   *
   * @return 400 to 599; empty if it is not known
   */
  public OptionalInt status() {
    return ErrorCodes.status(this);
  }

  /** The first code that is itself a status. */
  OptionalInt numericStatus() {
    return codes.stream().filter(ErrorCodes::isStatus).mapToInt(Integer::parseInt).findFirst();
  }

  /** The code to show beside a status: the first that does not only repeat it. */
  Optional<String> code(int shown) {
    String same = String.valueOf(shown);
    return codes.stream().filter(code -> !code.equals(same)).findFirst();
  }
}
