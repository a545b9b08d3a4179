package dev.synthlab.test;

import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.Transport;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.LlmClientBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * A scripted model in memory, behind the real client: retries, typed answers, tools, streams and
 * deadlines work as with a server, without a network and without waiting.
 *
 * <p>A request gets the reply of the first {@linkplain #when rule} that matches, else the next
 * reply of the script. If there is none, the call throws an {@link AssertionError}, and so do
 * {@link #verify} and {@link #close}. Safe for use by many threads.
 */
public final class FakeLlm extends Script<FakeLlm> implements AutoCloseable {
  private static final String BASE_URL = "http://fake-llm.test/v1";

  private final ManualTimer timer;
  private final FakeTransport transport;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final List<Reply> script = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();
  private final List<LlmRequest> requests = new ArrayList<>();
  private final List<AssertionError> unmatched = new ArrayList<>();
  private Optional<LlmClient> client = Optional.empty();
  private int next;
  private boolean unusedAllowed;

  private FakeLlm(ManualTimer timer) {
    this.timer = Objects.requireNonNull(timer);
    this.transport = new FakeTransport(timer, this::reply);
  }

  /**
   * Creates a model without replies. Its clock advances by itself: no wait takes real time.
   *
   * @return a new model
   */
  public static FakeLlm create() {
    return create(ManualTimer.forSockets());
  }

  /**
   * Creates a model without replies, with a clock.
   *
   * @param timer the clock of its clients, for example {@link ManualTimer#stopped()}
   * @return a new model
   */
  public static FakeLlm create(ManualTimer timer) {
    return new FakeLlm(timer);
  }

  /** The replies to the requests that match; the last one is given again and again. */
  public static final class Rule extends Script<Rule> {
    private final FakeLlm llm;
    private final RequestMatcher matcher;
    private final List<Reply> replies = new ArrayList<>();
    private int next;

    private Rule(FakeLlm llm, RequestMatcher matcher) {
      this.llm = llm;
      this.matcher = matcher;
    }

    @Override
    Rule then(Reply reply) {
      llm.locked(() -> replies.add(reply));
      return this;
    }

    private boolean matches(LlmRequest request) {
      return !replies.isEmpty() && matcher.matches(request) && reply().fits(request.operation());
    }

    private Reply reply() {
      return replies.get(Math.min(next, replies.size() - 1));
    }
  }

  /**
   * Adds a rule. Rules come before the script, in the order in which they were added.
   *
   * @param matcher the requests of the rule
   * @return the rule, without replies
   */
  public Rule when(RequestMatcher matcher) {
    Rule rule = new Rule(this, Objects.requireNonNull(matcher));
    locked(() -> rules.add(rule));
    return rule;
  }

  @Override
  FakeLlm then(Reply reply) {
    locked(() -> script.add(reply));
    return this;
  }

  /**
   * The client of this model.
   *
   * @return the same client at every call; closing it has no effect on the model
   */
  public LlmClient client() {
    lock.lock();
    try {
      LlmClient made = client.orElseGet(() -> clientBuilder().build());
      client = Optional.of(made);
      return made;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A builder of other clients of this model, with the default settings.
   *
   * @return a builder with the transport and the clock of this model
   */
  public LlmClientBuilder clientBuilder() {
    Settings settings = Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", BASE_URL)));
    return LlmClient.builder()
        .settings(settings.llm())
        .transport(transport)
        .timer(timer)
        .traffic(TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT));
  }

  /**
   * The transport of this model, for clients that are built in another way.
   *
   * @return the transport
   */
  public Transport transport() {
    return transport;
  }

  /**
   * The clock of this model.
   *
   * @return the clock
   */
  public ManualTimer timer() {
    return timer;
  }

  /**
   * The requests so far, each attempt of a call as one request.
   *
   * @return a copy, in the order in which they arrived
   */
  public List<LlmRequest> requests() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until a number of requests have arrived, for calls on other threads.
   *
   * @param count the number of requests
   * @return the requests so far
   * @throws AssertionError if there are fewer after 10 seconds
   * @throws InterruptedException if the thread is interrupted
   */
  public List<LlmRequest> awaitRequests(int count) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(ManualTimer.AWAIT_SECONDS);
    lock.lock();
    try {
      while (requests.size() < count) {
        if (left <= 0) {
          throw new AssertionError(
              "expected "
                  + count
                  + " requests within "
                  + ManualTimer.AWAIT_SECONDS
                  + " s, but there were "
                  + requests.size());
        }
        left = arrived.awaitNanos(left);
      }
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Allows replies that no request used: {@link #verify} then only fails on requests without a
   * reply.
   *
   * @return this
   */
  public FakeLlm allowUnused() {
    locked(() -> unusedAllowed = true);
    return this;
  }

  /**
   * Checks that every request had a reply and every reply was used.
   *
   * @throws AssertionError if not; it says which
   */
  public void verify() {
    lock.lock();
    try {
      if (!unmatched.isEmpty()) {
        AssertionError first = unmatched.getFirst();
        throw new AssertionError(first.getMessage(), first);
      }
      List<String> unused = unusedAllowed ? List.of() : unused();
      if (!unused.isEmpty()) {
        throw new AssertionError(
            "Not used by any of the "
                + requests.size()
                + " requests:"
                + unused.stream().map(reply -> "\n  " + reply).collect(Collectors.joining())
                + "\nallowUnused() permits this.");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes the model, which ends calls that hang, and {@linkplain #verify verifies} it. */
  @Override
  public void close() {
    transport.close();
    verify();
  }

  private List<String> unused() {
    List<String> unused = new ArrayList<>();
    for (Rule rule : rules) {
      if (rule.replies.isEmpty()) {
        unused.add("when " + rule.matcher + ": has no reply");
      }
      for (Reply reply :
          rule.replies.subList(Math.min(rule.next, rule.replies.size()), rule.replies.size())) {
        unused.add("when " + rule.matcher + ": " + reply.description());
      }
    }
    script.subList(next, script.size()).forEach(reply -> unused.add(reply.description()));
    return unused;
  }

  /** The reply to a request that arrived. */
  private Reply reply(LlmRequest request) {
    lock.lock();
    try {
      requests.add(request);
      arrived.signalAll();
      Optional<Rule> rule = rules.stream().filter(each -> each.matches(request)).findFirst();
      if (rule.isPresent()) {
        Reply reply = checked(rule.get().reply(), request);
        rule.get().next++;
        return reply;
      }
      if (next < script.size() && script.get(next).fits(request.operation())) {
        return checked(script.get(next++), request);
      }
      throw fail(noReply(request));
    } finally {
      lock.unlock();
    }
  }

  private Reply checked(Reply reply, LlmRequest request) {
    if (reply instanceof Reply.Vectors given && given.vectors().size() != request.inputs().size()) {
      throw fail(
          "The request has "
              + request.inputs().size()
              + " inputs, but the reply has "
              + given.vectors().size()
              + " vectors.\n"
              + request);
    }
    return reply;
  }

  private AssertionError fail(String message) {
    AssertionError error = new AssertionError(message);
    unmatched.add(error);
    return error;
  }

  private String noReply(LlmRequest request) {
    StringBuilder text = new StringBuilder();
    text.append("No reply for request ").append(requests.size()).append(", a ").append(request);
    text.append("\nExpected:");
    for (Rule rule : rules) {
      text.append("\n  when ").append(rule.matcher);
      if (rule.replies.isEmpty()) {
        text.append(" (it has no reply)");
      } else if (rule.matcher.matches(request)) {
        text.append(", but its reply is: ").append(rule.reply().description());
      }
    }
    if (next < script.size()) {
      text.append("\n  a request for the next reply of the script: ")
          .append(script.get(next).description());
    } else if (script.isEmpty()) {
      text.append(rules.isEmpty() ? "\n  no request: there are no replies" : "");
    } else {
      text.append("\n  no more than ")
          .append(script.size())
          .append(script.size() == 1 ? " request" : " requests")
          .append(": the script is at its end; the last reply was: ")
          .append(script.getLast().description());
    }
    return text.toString();
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }
}
