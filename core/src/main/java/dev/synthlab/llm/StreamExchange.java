package dev.synthlab.llm;

import dev.synthlab.call.Classification;
import dev.synthlab.call.Event;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.Bodies;
import dev.synthlab.http.Request;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;

/** One chat completion whose pieces are handed on as they come. For one call. */
final class StreamExchange implements Exchange<ChatStream> {
  private final Plan plan;
  private final Timer timer;
  private int malformed;

  StreamExchange(Plan plan, Timer timer) {
    this.plan = plan;
    this.timer = timer;
  }

  @Override
  public Route route() {
    return plan.route();
  }

  @Override
  public long weight() {
    return plan.weight();
  }

  @Override
  public Request request() {
    return plan.wire();
  }

  @Override
  public Optional<Exchange<ChatStream>> fallback(Fault fault) {
    return plan.fallback(fault).map(next -> new StreamExchange(next, timer));
  }

  @Override
  public boolean live() {
    return true;
  }

  @Override
  public Verdict<ChatStream> judge(Event event) throws IOException {
    if (!(event instanceof Event.Arrived answer) || answer.status() / 100 != 2) {
      Verdict<ChatStream> verdict = Classification.of(event, route(), timer.now());
      return verdict instanceof Verdict.GiveUp<ChatStream> over ? mended(over) : verdict;
    }
    ChatStream stream = new ChatStream(answer, plan);
    try {
      stream.awaitFirst();
      return new Verdict.Accept<>(stream);
    } catch (Bodies.TooLargeException e) {
      stream.close();
      return new Verdict.GiveUp<>(
          Fault.of(
              Fault.Kind.RESPONSE_TOO_LARGE, "the stream of " + route() + ": " + e.getMessage()));
    } catch (ChatStream.BadStreamException e) {
      stream.close();
      Optional<Verdict<ChatStream>> named =
          e.code().flatMap(code -> Classification.inside(answer, route(), code, e.body()));
      if (named.isPresent()) {
        return named.get();
      }
      Fault fault = Classification.malformed(answer, route() + " sent " + e.getMessage(), e.body());
      malformed++;
      return malformed < plan.unreadableTries()
          ? new Verdict.Again<>(fault, Optional.empty())
          : new Verdict.GiveUp<>(fault);
    }
  }

  private Verdict<ChatStream> mended(Verdict.GiveUp<ChatStream> over) {
    Optional<Plan> other = plan.mended(over.fault());
    return other.isPresent()
        ? new Verdict.Next<>(new StreamExchange(other.get(), timer), over.fault())
        : new Verdict.GiveUp<>(plan.explained(over.fault()));
  }

  @Override
  public Optional<BigDecimal> mostUsd() {
    return plan.mostCostOfFirst();
  }

  @Override
  public Spend spend(ChatStream stream) {
    return stream.spend();
  }
}
