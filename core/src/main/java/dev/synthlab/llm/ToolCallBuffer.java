package dev.synthlab.llm;

import dev.synthlab.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * The tool calls of an answer, which may arrive in pieces. Pieces belong together by their id; by
 * their index where they have no id; by their order where they have neither. A call without a name
 * is no call.
 */
final class ToolCallBuffer {
  /** The most calls of one answer. */
  static final int MAX_CALLS = 1_000;

  /** What a call takes in memory besides its texts. */
  private static final int CALL_BYTES = 200;

  private final List<Call> calls = new ArrayList<>();

  /**
   * A call or a piece of one.
   *
   * @param index its place among the calls, or -1
   * @param id empty if it has none
   * @param tool the name, or empty
   * @param arguments JSON, or a piece of it
   */
  record Delta(long index, String id, String tool, String arguments) {}

  private static final class Call {
    private final long index;
    private String id = "";
    private String tool = "";
    private final ChatTextBuffer arguments = new ChatTextBuffer();
    private char last = ' ';
    private int pieces;

    Call(long index) {
      this.index = index;
    }

    void add(Delta piece) {
      pieces++;
      id = id.isEmpty() ? piece.id() : id;
      tool = tool.isEmpty() ? piece.tool() : tool; // some servers repeat the name in each piece
      arguments.append(piece.arguments());
      String text = piece.arguments().stripTrailing();
      last = text.isEmpty() ? last : text.charAt(text.length() - 1);
    }

    boolean isComplete() {
      return last == '}' && values(arguments.toString()) == 1;
    }

    boolean isOf(Delta piece) {
      return id.equals(piece.id())
          && (index < 0 || piece.index() < 0 || index == piece.index())
          && (tool.isEmpty() || piece.tool().isEmpty() || tool.equals(piece.tool()));
    }

    private Part.ToolCall whole(int place) {
      // Some servers send no id; the next request needs one.
      String known = id.isEmpty() ? "call_" + place : id;
      return new Part.ToolCall(known, tool, arguments.toString());
    }
  }

  /** Adds calls that are complete. Returns the bytes that they take. */
  long addWhole(List<Delta> complete) {
    if (complete.isEmpty()) {
      return 0;
    }
    complete.forEach(this::begin);
    return bytes(complete);
  }

  /** Adds the calls and pieces of one chunk. Returns the bytes that they take. */
  long add(List<Delta> chunk) {
    if (chunk.isEmpty()) {
      return 0;
    }
    List<Call> touched = new ArrayList<>();
    for (Delta piece : chunk) {
      Optional<Call> known = continued(piece, touched);
      known.ifPresent(call -> call.add(piece));
      touched.add(known.orElseGet(() -> begin(piece)));
    }
    return bytes(chunk);
  }

  private long bytes(List<Delta> pieces) {
    return calls.size() > MAX_CALLS
        ? Integer.MAX_VALUE
        : pieces.stream().mapToLong(ToolCallBuffer::bytes).sum();
  }

  private Call begin(Delta first) {
    Call call = new Call(first.index());
    call.add(first);
    calls.add(call);
    return call;
  }

  private static long bytes(Delta piece) {
    return CALL_BYTES
        + ChatTextBuffer.bytes(piece.id())
        + ChatTextBuffer.bytes(piece.tool())
        + ChatTextBuffer.bytes(piece.arguments());
  }

  /** The call that a piece belongs to; empty if it begins a call. */
  private Optional<Call> continued(Delta piece, List<Call> touched) {
    Optional<Call> sameId =
        piece.id().isEmpty() ? Optional.empty() : last(call -> call.isOf(piece));
    return sameId.or(
        () ->
            last(call -> piece.index() < 0 || call.index == piece.index())
                .filter(call -> continues(call, piece, touched)));
  }

  private static boolean continues(Call call, Delta piece, List<Call> touched) {
    // Some servers send another id with each piece; only a piece with a name can begin a call.
    if (piece.tool().isEmpty()) {
      return true;
    }
    boolean isOtherId = !piece.id().isEmpty() && !call.id.isEmpty();
    boolean isOtherPlace = piece.index() < 0 && touched.contains(call);
    if (isOtherId || isOtherPlace) {
      return false;
    }
    boolean isSameTool = call.tool.isEmpty() || call.tool.equals(piece.tool());
    return isSameTool && (piece.arguments().isBlank() || !call.isComplete());
  }

  private Optional<Call> last(Predicate<Call> fits) {
    for (int i = calls.size() - 1; i >= 0; i--) {
      if (fits.test(calls.get(i))) {
        return Optional.of(calls.get(i));
      }
    }
    return Optional.empty();
  }

  /** The length of all arguments. */
  long characters() {
    return calls.stream().mapToLong(call -> call.arguments.length()).sum();
  }

  boolean isEmpty() {
    return calls.isEmpty() || calls.stream().allMatch(call -> call.tool.isBlank());
  }

  /** The calls in the order of their indexes, or of their arrival where one has none. */
  List<Part.ToolCall> toolCalls() {
    if (calls.isEmpty()) {
      return List.of();
    }
    List<Call> ordered = new ArrayList<>(calls);
    if (calls.stream().allMatch(call -> call.index >= 0)) {
      ordered.sort(Comparator.comparingLong(call -> call.index));
    }
    List<Call> named = ordered.stream().filter(call -> !call.tool.isBlank()).toList();
    return IntStream.range(0, named.size()).mapToObj(i -> named.get(i).whole(i)).toList();
  }

  /** The name of a call whose pieces are those of several calls. */
  Optional<String> mixed() {
    if (calls.isEmpty()) {
      return Optional.empty();
    }
    return calls.stream()
        .filter(call -> call.pieces > 1 && Math.abs(values(call.arguments.toString())) > 1)
        .map(call -> call.tool)
        .findFirst();
  }

  /** The number of JSON values that begin in a text; negative if one of them is broken. */
  private static int values(String text) {
    int values = 0;
    try (JsonParser in = Json.parser(text)) {
      while (in.nextToken() != null) {
        values++;
        in.skipChildren();
      }
      return values;
    } catch (JacksonException e) {
      return -values;
    }
  }
}
