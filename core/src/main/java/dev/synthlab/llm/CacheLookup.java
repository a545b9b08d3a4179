package dev.synthlab.llm;

import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.llm.CompletionCache.CachedCompletion;
import dev.synthlab.llm.CompletionRequest.Caching;
import dev.synthlab.llm.SingleFlightCache.End;
import dev.synthlab.llm.SingleFlightCache.Flight;
import dev.synthlab.logging.Redactor;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;

/**
 * Answers requests from the cache; of equal requests only one is sent at a time. Safe for use by
 * many threads.
 */
final class CacheLookup {
  private static final Duration SEEN = Duration.ofMillis(10);

  /** A cached answer was paid for, and its tokens counted, when it was requested. */
  private static final Spend FREE = CallReports.spend(0, 0, 0, 0, Optional.of(BigDecimal.ZERO));

  private static final Usage NO_TOKENS = new Usage(0, 0, 0, 0, true);

  private final Optional<SingleFlightCache> answers;
  private final Endpoint endpoint;
  private final CallLoop loop;
  private final Timer timer;

  CacheLookup(Optional<SingleFlightCache> answers, Endpoint endpoint, CallLoop loop, Timer timer) {
    this.answers = answers;
    this.endpoint = endpoint;
    this.loop = loop;
    this.timer = timer;
  }

  /** A request, its deadline, and which texts may be cached. */
  record Query(CompletionRequest request, Deadline until, Predicate<String> usable) {}

  /** The cached answer, else the one that is requested. */
  CallResult<Completion> result(Query asked, Supplier<CallResult<Completion>> send) {
    Caching caching = asked.request().chatOptions().caching();
    if (answers.isEmpty() || caching == Caching.NONE) {
      return send.get();
    }
    Lookup one = new Lookup(answers.get(), asked, CacheKey.of(endpoint, asked.request()));
    return caching == Caching.REFRESH ? one.refreshed(send) : one.result(send);
  }

  /** The cached answer for a stream. */
  Optional<Completion> find(CompletionRequest request) {
    if (answers.isEmpty() || request.chatOptions().caching() != Caching.DEFAULT) {
      return Optional.empty();
    }
    Instant started = timer.now();
    long begin = timer.nanos();
    Optional<Completion> known =
        answers
            .get()
            .find(CacheKey.of(endpoint, request))
            .flatMap(found -> completion(found, request, started, begin));
    known.ifPresent(answer -> loop.report(answer.report()));
    return known;
  }

  /** Caches the answer of a complete stream. */
  void keep(CompletionRequest request, Completion answer) {
    if (answers.isPresent()
        && request.chatOptions().caching() != Caching.NONE
        && worthKeeping(answer, request, text -> JsonAnswer.usable(request, text))) {
      answers.get().keep(CacheKey.of(endpoint, request), entry(answer));
    }
  }

  /** The lookup of one request. For one thread. */
  private final class Lookup {
    private final SingleFlightCache shared;
    private final Query asked;
    private final String key;
    private final Instant started = timer.now();
    private final long begin = timer.nanos();

    Lookup(SingleFlightCache shared, Query asked, String key) {
      this.shared = shared;
      this.asked = asked;
      this.key = key;
    }

    CallResult<Completion> result(Supplier<CallResult<Completion>> send) {
      Flight mine = new Flight();
      while (true) {
        Flight there = shared.join(key, mine);
        if (there == mine) {
          return lead(mine, send);
        }
        Optional<CallResult<Completion>> end = follow(there, send);
        if (end.isPresent()) {
          return end.get();
        }
      }
    }

    CallResult<Completion> refreshed(Supplier<CallResult<Completion>> send) {
      CallResult<Completion> result = send.get();
      keep(result);
      return result;
    }

    private CallResult<Completion> lead(Flight mine, Supplier<CallResult<Completion>> send) {
      End end = new End.Failed();
      try {
        Optional<CachedCompletion> found = shared.find(key);
        Optional<Completion> known = found.flatMap(this::known);
        if (known.isPresent()) {
          end = new End.Answered(found.get());
          return told(known.get());
        }
        CallResult<Completion> result = send.get();
        if (result instanceof CallResult.Answered<Completion>) {
          end = keep(result).<End>map(End.Answered::new).orElseGet(End.NotKept::new);
        }
        return result;
      } finally {
        shared.complete(key, mine, end);
      }
    }

    /**
     * The result of an equal request in flight; empty when it failed and the lookup starts again.
     */
    private Optional<CallResult<Completion>> follow(
        Flight there, Supplier<CallResult<Completion>> send) {
      try {
        End end = there.await(asked.until());
        seen();
        return switch (end) {
          case End.Answered ok -> Optional.of(known(ok.kept()).map(this::told).orElseGet(send));
          case End.NotKept alone -> Optional.of(send.get());
          case End.Failed again -> Optional.empty();
        };
      } catch (TimeoutException e) {
        double seconds = asked.until().given().toMillis() / 1000.0;
        String words =
            "the deadline of " + seconds + " s was over while an equal request was waited for";
        return Optional.of(failed(Fault.of(Fault.Kind.DEADLINE_EXCEEDED, words)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        String words = "the call was interrupted while an equal request was waited for";
        return Optional.of(failed(Fault.of(Fault.Kind.CANCELLED, words)));
      }
    }

    private void seen() {
      if (Duration.ofNanos(timer.nanos() - begin).compareTo(SEEN) > 0) {
        loop.telemetry().recordWait("equal request", started, timer.now(), Map.of());
      }
    }

    private Optional<Completion> known(CachedCompletion kept) {
      return completion(kept, asked.request(), started, begin);
    }

    private CallResult<Completion> told(Completion answer) {
      loop.report(answer.report());
      return new CallResult.Answered<>(answer, answer.report());
    }

    private CallResult<Completion> failed(Fault fault) {
      CallReport report =
          CallReports.unsent(
              endpoint.route(endpoint.model(asked.request())),
              started,
              Duration.ofNanos(timer.nanos() - begin),
              Spend.NONE,
              Optional.of(fault),
              about(asked.request(), CallMetadata.AnswerMetadata.NOTHING));
      loop.report(report);
      return new CallResult.Failed<>(fault, report);
    }

    private Optional<CachedCompletion> keep(CallResult<Completion> result) {
      if (result instanceof CallResult.Answered<Completion> ok
          && worthKeeping(ok.value(), asked.request(), asked.usable())) {
        CachedCompletion entry = entry(ok.value());
        shared.keep(key, entry);
        return Optional.of(entry);
      }
      return Optional.empty();
    }
  }

  private static CachedCompletion entry(Completion answer) {
    return new CachedCompletion(answer.requestedModel(), answer.json(), answer.costUsd());
  }

  /** An answer is cached if it is complete, usable, of the requested model, and has no secret. */
  private boolean worthKeeping(
      Completion answer, CompletionRequest request, Predicate<String> usable) {
    FinishReason reason = answer.finishReason();
    return answer.problem().isEmpty()
        && !reason.equals(FinishReason.LENGTH)
        && !reason.equals(FinishReason.CONTENT_FILTER)
        && !reason.equals(FinishReason.UNKNOWN)
        && answer.report().route().resource().equals(endpoint.model(request))
        && (!answer.toolCalls().isEmpty() || usable.test(answer.text()))
        && Redactor.redactKnown(answer.json()).equals(answer.json());
  }

  private static CallMetadata about(CompletionRequest request, CallMetadata.AnswerMetadata said) {
    return new CallMetadata(
        new CallMetadata.Operation("chat", request.options().operation()),
        CallMetadata.Attribution.here(),
        said);
  }

  private Optional<Completion> completion(
      CachedCompletion kept, CompletionRequest request, Instant started, long begin) {
    ChatResponseParser answer = new ChatResponseParser(TokenLimit.ANY);
    try {
      answer.read(kept.json());
    } catch (JacksonException e) { // an entry that cannot be read is a miss
      return Optional.empty();
    }
    if (!answer.choice) {
      return Optional.empty();
    }
    String asked = endpoint.model(request);
    CallReport report =
        CallReports.unsent(
            endpoint.route(asked),
            started,
            Duration.ofNanos(timer.nanos() - begin),
            FREE,
            Optional.empty(),
            about(
                request,
                CallMetadata.AnswerMetadata.kept(
                    Optional.of(answer.model).filter(it -> !it.isEmpty()))));
    return Optional.of(
        new Completion(
            answer.text.toString(),
            answer.reasoningText.toString(),
            answer.finish,
            NO_TOKENS,
            asked,
            answer.model.isEmpty() ? asked : answer.model,
            Optional.empty(),
            JsonLine.of(kept.json()),
            answer.toolCalls(),
            Optional.empty(),
            List.of(),
            report));
  }
}
