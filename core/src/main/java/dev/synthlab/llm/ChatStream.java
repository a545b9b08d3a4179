package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Spend;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.SseReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A chat completion over server-sent events, from its first text on. */
final class ChatStream implements TextStream {
  private final AttemptResult.ResponseReceived head;
  private final PreparedChat chat;
  private final SseReader events;
  private final ChatResponseReader answer = new ChatResponseReader();
  private @Nullable CallReport report;
  private volatile Optional<LlmSpan> span = Optional.empty();
  private volatile Optional<CallException> broken = Optional.empty();
  private volatile Consumer<Completion> whole = answer -> {};
  private String ready = "";
  private boolean ended;
  private boolean iterating;

  ChatStream(AttemptResult.ResponseReceived head, PreparedChat chat) {
    this.head = head;
    this.chat = chat;
    this.events = new SseReader(head.body());
  }

  /** Reads until there is text to hand out, or a proper end. */
  void awaitFirst() throws IOException, UnusableResponseException {
    ready = nextPiece();
    if (ready.isEmpty()
        && answer.calls.isEmpty()
        && answer.refusal.isEmpty()
        && !answer.finishReason().equals(FinishReason.LENGTH)
        && !answer.finishReason().equals(FinishReason.CONTENT_FILTER)) {
      throw new UnusableResponseException("a stream without text");
    }
  }

  /** Says how it went so far, where that is shown, and who wants the whole answer. */
  void reported(CallReport how, LlmSpan shownBy, Consumer<Completion> atEnd) {
    whole = atEnd;
    report = how;
    span = Optional.of(shownBy);
    shownBy.firstToken();
  }

  CallMetadata.AnswerMetadata metadata() {
    return chat.metadata(answer, ResponseClassifier.requestId(head.headers()));
  }

  String text() {
    return answer.text.toString();
  }

  /** What broke it, if anything did. */
  Optional<Fault> brokenBy() {
    return broken.map(CallException::fault);
  }

  Spend spend() {
    return chat.spend(answer);
  }

  @Override
  public Iterator<String> iterator() {
    if (iterating) {
      throw new IllegalStateException("a stream is iterated once");
    }
    iterating = true;
    return new Pieces();
  }

  @Override
  public Completion completion() {
    if (!ended || !ready.isEmpty()) {
      throw new IllegalStateException("pieces of the answer are still to come");
    }
    return new ChatResult(
            answer,
            SingleLineJson.rebuilt(answer),
            ResponseClassifier.requestId(head.headers()),
            chat)
        .completion(chat.route().resource(), told(Optional.empty()));
  }

  @Override
  public void close() {
    // Whoever hears of the end logs and records as part of the call.
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
    } else if (ended && ready.isEmpty()) {
      Completion all = completion();
      on.answered(all);
      Consumer<Completion> once = whole;
      whole = kept -> {};
      once.accept(all);
    } else {
      on.cancelled(answer.text.toString(), chat.usage(answer));
    }
  }

  /** How it went, with what it has used so far. */
  private CallReport told(Optional<Fault> fault) {
    CallReport so = report;
    if (so == null) {
      throw new IllegalStateException("the call has not ended yet");
    }
    return so.with(spend(), fault);
  }

  /** The next text, or an empty one at the proper end. */
  private String nextPiece() throws IOException, UnusableResponseException {
    while (true) {
      Optional<SseReader.ServerEvent> next = events.next();
      String data = next.map(SseReader.ServerEvent::data).orElse("[DONE]").strip();
      if (data.equals("[DONE]")) {
        if (answer.finish.isEmpty()) {
          throw new UnusableResponseException("a stream that ended without a finish reason");
        }
        ended = true;
        return "";
      }
      int before = answer.text.length();
      try {
        answer.add(data);
      } catch (JacksonException e) {
        throw new UnusableResponseException(
            "an event that is not the JSON expected", data, Optional.empty());
      }
      if (answer.error.isPresent()) {
        throw new UnusableResponseException(
            "an error in the stream", answer.error.get(), answer.apiError());
      }
      if (answer.text.length() > before) {
        return answer.text.since(before);
      }
    }
  }

  private final class Pieces implements Iterator<String> {
    @Override
    public boolean hasNext() {
      if (ready.isEmpty() && !ended) {
        try {
          ready = nextPiece();
        } catch (BodyReader.TooLargeException e) {
          throw over(Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, "the stream: " + e.getMessage()), e);
        } catch (IOException e) {
          throw over(interrupted(String.valueOf(e.getMessage())), e);
        } catch (UnusableResponseException e) {
          String body = e.body().isEmpty() ? "" : ": " + e.body();
          throw over(interrupted(e.getMessage() + body), e);
        }
      }
      if (ready.isEmpty()) {
        close();
      }
      return !ready.isEmpty();
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      String delta = ready;
      ready = "";
      return delta;
    }

    private static Fault interrupted(String reason) {
      return Fault.of(
          Fault.Kind.STREAM_INTERRUPTED, "the stream broke after its first text: " + reason);
    }

    private CallException over(Fault reason, Exception cause) {
      Fault fault = reason.because(cause).withPartial(answer.text.toString());
      CallException thrown = CallException.of(fault, told(Optional.of(fault)));
      broken = Optional.of(thrown);
      close();
      return thrown;
    }
  }
}
