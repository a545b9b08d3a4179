package dev.synthlab.llm;

import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Outcome;
import dev.synthlab.call.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Makes the requests of a client's verbs: each is one run of the loop, under a span of its own.
 * Safe for use by many threads.
 */
final class Requests {
  private static final int UNREADABLE_TRIES = 3;

  private final Endpoint endpoint;
  private final CallLoop loop;
  private final Mends mends = new Mends();
  private final Timer timer;
  private final Recall recall;

  Requests(Endpoint endpoint, CallLoop loop, Timer timer, Recall recall) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.timer = timer;
    this.recall = recall;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Timer timer() {
    return timer;
  }

  /** The loop as a request wants it. */
  CallLoop loop(ModelRequest<?> request) {
    return request
        .options()
        .timeout()
        .map(limit -> loop.with(loop.policy().withTimeout(limit)))
        .orElse(loop);
  }

  /** The loop for one attempt of so long. */
  CallLoop once(Duration within) {
    CallPolicy policy = loop.policy();
    return loop.with(policy.withMaxAttempts(1).withTimeout(within));
  }

  /** The end of a call, and of all calls that it is one of. */
  Deadline deadline(ModelRequest<?> request, Optional<Deadline> all) {
    Duration own = request.options().deadline().orElse(endpoint.settings().callDeadline());
    return all.map(outer -> outer.inside(own)).orElseGet(() -> Deadline.in(timer, own));
  }

  Deadline deadline(ModelRequest<?> request) {
    return deadline(request, Optional.empty());
  }

  /**
   * A single call gives up early on what cannot be read; a row of a bulk run is worth its tries.
   */
  Plan.Chat client() {
    CallPolicy policy = loop.policy();
    boolean bulk = policy.waiting() == CallPolicy.Waiting.AS_LONG_AS_IT_TAKES;
    return new Plan.Chat(endpoint, mends, bulk ? policy.maxAttempts() : UNREADABLE_TRIES);
  }

  /** The answer, once no more tools are asked for. */
  Outcome<Completion> answer(CompletionRequest request, boolean streamed, Deadline until) {
    return answer(request, streamed, until, text -> JsonAnswer.usable(request, text));
  }

  /** The same, of which only a usable text is kept for equal requests. */
  Outcome<Completion> answer(
      CompletionRequest request, boolean streamed, Deadline until, Predicate<String> usable) {
    return request.tools().isEmpty()
        ? one(new Recall.Asked(request, until, usable), streamed)
        : new ToolRounds(request, until)
            .run(now -> one(new Recall.Asked(now, until, usable), streamed));
  }

  /** The pieces of the answer, and of those before it that ask for tools. */
  TextStream stream(CompletionRequest request, Deadline until) {
    return request.tools().isEmpty()
        ? piecewise(request, until)
        : new ToolStream(new ToolRounds(request, until), request, now -> piecewise(now, until));
  }

  private Outcome<Completion> one(Recall.Asked asked, boolean streamed) {
    Plan plan = Plan.of(client(), asked.request(), streamed);
    LlmSpan span = LlmSpan.ofChat(plan, asked.request().options());
    return span.around(
        () -> {
          Outcome<Completion> outcome = recall.outcome(asked, () -> sent(asked, plan, streamed));
          span.ended(outcome);
          return outcome;
        });
  }

  private Outcome<Completion> sent(Recall.Asked asked, Plan plan, boolean streamed) {
    CompletionRequest request = asked.request();
    return switch (loop(request).run(new ChatExchange(plan, streamed, timer), asked.until())) {
      case Outcome.Answered<ChatExchange.Whole> ok ->
          new Outcome.Answered<>(
              ok.value().completion(endpoint.model(request), ok.report()), ok.report());
      case Outcome.Failed<ChatExchange.Whole> failed ->
          new Outcome.Failed<>(failed.why(), failed.report());
    };
  }

  private TextStream piecewise(CompletionRequest request, Deadline until) {
    Plan plan = Plan.of(client(), request, true);
    LlmSpan span = LlmSpan.ofChat(plan, request.options());
    return span.opening(
        () -> {
          Optional<Completion> known = recall.kept(request);
          if (known.isPresent()) {
            return new KeptStream(known.get(), span);
          }
          Outcome<ChatStream> outcome = loop(request).run(new StreamExchange(plan, timer), until);
          ChatStream stream = outcome.get();
          stream.reported(outcome.report(), span, answer -> recall.keep(request, answer));
          return stream;
        });
  }
}
