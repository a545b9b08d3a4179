package dev.synthlab.external;

import dev.synthlab.call.Classification;
import dev.synthlab.call.Event;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.Bodies;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Request.Reach;
import dev.synthlab.http.TransportException.Phase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One request to a service. It is sent again if that cannot do harm. For one call.
 *
 * @param <T> what it gives
 */
final class ApiExchange<T> implements Exchange<T> {
  private static final int ERROR_BODY_LIMIT = 64 * 1024;
  private static final int TEXT_LIMIT = 4_000;

  private final Way way;
  private final Outgoing outgoing;
  private final Reading<T> reading;
  private final Trail trail;
  private final int redirects;
  private final Request request;

  ApiExchange(Way way, Outgoing outgoing, Reading<T> reading, Trail trail, int redirects) {
    this.way = way;
    this.outgoing = outgoing;
    this.reading = reading;
    this.trail = trail;
    this.redirects = redirects;
    this.request = outgoing.wire(way);
  }

  @Override
  public Route route() {
    return way.route(outgoing.target().address(), outgoing.target().trust());
  }

  @Override
  public long weight() {
    return 0;
  }

  @Override
  public Request request() {
    return request;
  }

  @Override
  public boolean live() {
    return reading.live();
  }

  @Override
  public boolean transfers() {
    return reading.transfers();
  }

  @Override
  public Spend spend(T value) {
    return Spend.NONE;
  }

  @Override
  public Verdict<T> judge(Event event) throws IOException {
    if (event instanceof Event.Arrived answer) {
      if (reading.takes(answer.status())) {
        return taken(answer);
      }
      if (redirects > 0 && answer.status() / 100 == 3) {
        Optional<Verdict<T>> on = redirected(answer);
        if (on.isPresent()) {
          return on.get();
        }
      }
      return refused(answer);
    }
    return harmless(event, Classification.of(event, route(), way.timer().now()));
  }

  private Verdict<T> taken(Event.Arrived answer) throws IOException {
    try {
      return new Verdict.Accept<>(reading.read(answer));
    } catch (Bodies.TooLargeException e) {
      answer.body().close();
      String words = "the answer of " + route() + ": " + e.getMessage();
      return new Verdict.GiveUp<>(Fault.of(Fault.Kind.RESPONSE_TOO_LARGE, words));
    } catch (Wire.UnreadableException e) {
      answer.body().close();
      Fault fault =
          Classification.malformed(answer, route() + ": " + e.getMessage(), e.beginning());
      trail.text = Fault.beginning(e.beginning(), TEXT_LIMIT);
      return e.torn()
          ? harmless(answer, new Verdict.Again<>(fault, Optional.empty()))
          : new Verdict.GiveUp<>(fault);
    }
  }

  private Verdict<T> refused(Event.Arrived answer) throws IOException {
    byte[] bytes;
    try (var open = answer.body()) {
      bytes = Bodies.beginning(open, ERROR_BODY_LIMIT);
    }
    trail.text = Fault.beginning(new String(bytes, StandardCharsets.UTF_8), TEXT_LIMIT);
    Event.Arrived whole =
        new Event.Arrived(answer.status(), answer.headers(), new ByteArrayInputStream(bytes));
    Verdict<T> usual = Classification.of(whole, route(), way.timer().now());
    // A model server means "come again" by it; a service, that something else is there.
    if (answer.status() == 409
        && usual instanceof Verdict.Again<T> again
        && !asksToRepeat(answer.headers())) {
      Fault fault = again.fault();
      return new Verdict.GiveUp<>(fault.as(Fault.Kind.BAD_REQUEST, fault.message()));
    }
    return harmless(answer, usual);
  }

  private Optional<Verdict<T>> redirected(Event.Arrived answer) throws IOException {
    Optional<URI> to =
        answer
            .headers()
            .first("location")
            .flatMap(location -> Addresses.resolved(outgoing.target().address(), location));
    if (to.isEmpty()) {
      return Optional.empty();
    }
    URI from = outgoing.target().address();
    boolean weaker = from.getScheme().equals("https") && !to.get().getScheme().equals("https");
    Outgoing next = outgoing.redirected(answer.status(), to.get(), outside());
    if (weaker || !next.body().repeatable()) {
      return Optional.empty();
    }
    answer.body().close();
    Fault fault =
        Fault.of(
            Fault.Kind.REDIRECTED,
            answer.status() + " from " + route() + ", to " + Addresses.origin(to.get()));
    return Optional.of(
        new Verdict.Next<>(new ApiExchange<>(way, next, reading, trail, redirects - 1), fault));
  }

  private Reach outside() {
    return trail.guarded || way.service().guarded() ? Reach.PUBLIC_ONLY : Reach.ANYWHERE;
  }

  /** Another try, if it cannot make the service do a thing twice. */
  private Verdict<T> harmless(Event event, Verdict<T> usual) {
    if (!(usual instanceof Verdict.Again<T> again)) {
      return usual;
    }
    boolean unsent = untouched(event);
    if (!unsent && !outgoing.body().repeatable()) {
      return over(again.fault(), "its body can be sent one time only");
    }
    if (unsent || outgoing.idempotent() || turnedAway(event, again.fault())) {
      return usual;
    }
    return over(
        again.fault(),
        "the service may have acted on this "
            + outgoing.target().method()
            + "; with an idempotency key it would be");
  }

  private Verdict<T> over(Fault fault, String why) {
    return new Verdict.GiveUp<>(
        fault.as(fault.kind(), fault.message() + " (not sent again: " + why + ")"));
  }

  /** Whether nothing of the request has reached the service. */
  private static boolean untouched(Event event) {
    return switch (event) {
      case Event.Broken broken ->
          broken.cause().phase() == Phase.RESOLVE || broken.cause().phase() == Phase.CONNECT;
      case Event.Withheld held -> true;
      case Event.Arrived answer -> false;
    };
  }

  /** Whether the service itself says that it has not done, or that it may be asked again. */
  private static boolean turnedAway(Event event, Fault fault) {
    return event instanceof Event.Arrived answer
        && (answer.status() == 429
            || answer.status() == 425
            || (answer.status() == 503 && fault.retryAfter().isPresent())
            || asksToRepeat(answer.headers()));
  }

  private static boolean asksToRepeat(Headers headers) {
    return headers
        .first("x-should-retry")
        .filter(v -> v.strip().equalsIgnoreCase("true"))
        .isPresent();
  }

  /** What one call leaves behind for its exception. For one thread at a time. */
  static final class Trail {
    final boolean guarded;
    String text = "";

    Trail(boolean guarded) {
      this.guarded = guarded;
    }
  }
}
