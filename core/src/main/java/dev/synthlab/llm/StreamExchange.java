package dev.synthlab.llm;

import dev.synthlab.call.Classification;
import dev.synthlab.call.Event;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.Request;
import java.io.IOException;
import java.util.Optional;

/** One chat completion whose pieces are handed on as they come. For one call. */
final class StreamExchange implements Exchange<ChatStream> {
  private static final int MALFORMED_TRIES = 3;

  private final Route route;
  private final Request request;
  private final Timer timer;
  private int malformed;

  StreamExchange(Route route, Request request, Timer timer) {
    this.route = route;
    this.request = request;
    this.timer = timer;
  }

  @Override
  public Route route() {
    return route;
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
    return true;
  }

  @Override
  public Verdict<ChatStream> judge(Event event) throws IOException {
    if (!(event instanceof Event.Arrived answer) || answer.status() / 100 != 2) {
      return Classification.of(event, route, timer.now());
    }
    ChatStream stream = new ChatStream(answer, route.resource());
    try {
      stream.awaitFirst();
      return new Verdict.Accept<>(stream);
    } catch (ChatStream.BadStreamException e) {
      stream.close();
      Fault fault = Classification.malformed(answer, route + " sent " + e.getMessage(), e.body());
      malformed++;
      return malformed < MALFORMED_TRIES
          ? new Verdict.Again<>(fault, Optional.empty())
          : new Verdict.GiveUp<>(fault);
    }
  }

  @Override
  public Spend spend(ChatStream stream) {
    return ChatExchange.spend(stream.usage());
  }
}
