package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Spend;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A chat completion over server-sent events, after its first text. For one consumer. */
final class ChatStream extends EventStream {
  private final AttemptResult.ResponseReceived head;
  private final PreparedChat chat;
  private final ChatChunks chunks;
  private final ChatResponseParser answer;
  private @Nullable CallReport report;
  private volatile Optional<LlmSpan> span = Optional.empty();
  private volatile Optional<CallException> broken = Optional.empty();
  private volatile Consumer<Completion> whole = answer -> {};
  private int textTold;
  private int reasoningTold;
  private boolean ended;
  private Optional<Queue<StreamEvent>> closing = Optional.empty();

  ChatStream(AttemptResult.ResponseReceived head, PreparedChat chat) {
    this.head = head;
    this.chat = chat;
    this.answer = new ChatResponseParser(chat.tokenLimit());
    this.chunks = new ChatChunks(head.body(), head.headers(), true);
  }

  /** Reads until the first text, or the end of the stream. */
  void awaitFirst() throws IOException, UnusableResponseException {
    while (!ended && answer.text.isEmpty()) {
      read();
    }
    if (answer.text.isEmpty()
        && answer.calls.isEmpty()
        && answer.refusal.isEmpty()
        && !answer.finish.equals(FinishReason.LENGTH)
        && !answer.finish.equals(FinishReason.CONTENT_FILTER)) {
      throw new UnusableResponseException("a stream without text");
    }
  }

  /** Sets the report so far, the span, and the consumer of the whole answer. */
  void reported(CallReport how, LlmSpan shownBy, Consumer<Completion> atEnd) {
    whole = atEnd;
    report = how;
    span = Optional.of(shownBy);
    shownBy.firstToken();
  }

  CallMetadata.AnswerMetadata metadata() {
    return chat.metadata(answer, ResponseClassifier.requestId(head.headers()), spend());
  }

  String text() {
    return answer.text.toString();
  }

  /** The fault that ended the stream early. */
  Optional<Fault> brokenBy() {
    return broken.map(CallException::fault);
  }

  Spend spend() {
    return chat.spend(answer, chat.usage(answer));
  }

  @Override
  Optional<StreamEvent> next() {
    while (true) {
      if (answer.reasoningText.length() > reasoningTold) {
        String delta = answer.reasoningText.since(reasoningTold);
        reasoningTold += delta.length();
        return Optional.of(new StreamEvent.ReasoningDelta(delta));
      }
      if (answer.text.length() > textTold) {
        String delta = answer.text.since(textTold);
        textTold += delta.length();
        return Optional.of(new StreamEvent.TextDelta(delta));
      }
      if (ended) {
        return Optional.ofNullable(closing().poll());
      }
      readOn();
    }
  }

  /** The events after the last delta. */
  private Queue<StreamEvent> closing() {
    if (closing.isEmpty()) {
      close();
      Queue<StreamEvent> events = new ArrayDeque<>();
      answer.toolCalls().forEach(call -> events.add(new StreamEvent.ToolCall(call)));
      events.add(new StreamEvent.Completed(completion()));
      closing = Optional.of(events);
    }
    return closing.get();
  }

  private boolean isWhole() {
    return ended && answer.text.length() == textTold;
  }

  @Override
  public Completion completion() {
    if (!isWhole()) {
      throw new IllegalStateException(
          "the answer is not complete: read the stream to its end first");
    }
    return ChatResult.of(
            answer, ChatJson.rebuilt(answer), ResponseClassifier.requestId(head.headers()), chat)
        .completion(chat.route().resource(), finalReport(Optional.empty()));
  }

  @Override
  public void close() {
    // Observers of the end log and record within the span of the call.
    span.ifPresentOrElse(on -> on.within(this::end), this::end);
    span.ifPresent(this::show);
  }

  private void end() {
    try {
      head.body().close();
    } catch (IOException e) {
      // The exchange is over either way.
    }
  }

  private void show(LlmSpan on) {
    if (broken.isPresent()) {
      on.failed(broken.get());
    } else if (isWhole()) {
      Completion all = completion();
      on.answered(all);
      Consumer<Completion> once = whole;
      whole = kept -> {};
      once.accept(all);
    } else {
      on.cancelled(answer.text.toString(), chat.usage(answer));
    }
  }

  /** The report with the tokens so far. */
  private CallReport finalReport(Optional<Fault> fault) {
    CallReport so = report;
    if (so == null) {
      throw new IllegalStateException("the call has not ended yet");
    }
    return so.with(spend(), fault);
  }

  /** Reads on for a consumer, who gets what breaks the stream as an exception. */
  private void readOn() {
    try {
      read();
    } catch (BodyReader.TooLargeException e) {
      throw over(Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, "the stream: " + e.getMessage()), e);
    } catch (IOException e) {
      throw over(broken(e), e);
    } catch (UnusableResponseException e) {
      String body = e.body().isEmpty() ? "" : ": " + e.body();
      throw over(interrupted(e.getMessage() + body), e);
    }
  }

  /** Reads the next part of the body, or its end. */
  private void read() throws IOException, UnusableResponseException {
    Optional<ChatChunks.Chunk> next = chunks.next();
    if (next.isEmpty()) {
      ChatResult.requireWhole(answer, chunks, "");
      ended = true;
      return;
    }
    try {
      answer.add(next.get());
    } catch (JacksonException e) {
      throw new UnusableResponseException(
          "an event that is not the JSON expected", next.get().data(), Optional.empty());
    }
    ChatResult.requireNoError(answer);
    if (chunks.isEventStream()) {
      head.onEvent().run();
    }
  }

  private static Fault broken(IOException e) {
    String reason = String.valueOf(e.getMessage());
    boolean isClosed = e instanceof TransportException failed && failed.phase() == Phase.CLOSED;
    return isClosed || Thread.currentThread().isInterrupted()
        ? Fault.of(Fault.Kind.CANCELLED, "the stream was cancelled: " + reason)
        : interrupted(reason);
  }

  private static Fault interrupted(String reason) {
    return Fault.of(
        Fault.Kind.STREAM_INTERRUPTED, "the stream broke after its first text: " + reason);
  }

  private CallException over(Fault reason, Exception cause) {
    Fault fault = reason.because(cause).withPartial(answer.text.toString());
    CallException thrown = CallException.of(fault, finalReport(Optional.of(fault)));
    broken = Optional.of(thrown);
    close();
    return thrown;
  }
}
