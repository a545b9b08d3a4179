package dev.synthlab.http;

import dev.synthlab.Internal;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** A transport of several owners, which is closed by the last of them. */
@Internal
public final class SharedTransport implements Transport {
  private final Transport transport;
  private final AtomicInteger owners = new AtomicInteger(1);

  /**
   * A transport with one owner.
   *
   * @param transport closed by the last owner
   */
  public SharedTransport(Transport transport) {
    this.transport = Objects.requireNonNull(transport);
  }

  /**
   * Adds an owner, who closes it too.
   *
   * @return this
   * @throws IllegalStateException if its last owner has closed it
   */
  public SharedTransport share() {
    if (owners.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
      throw new IllegalStateException("the client whose connections are shared is closed");
    }
    return this;
  }

  /**
   * The transport that is shared.
   *
   * @return the transport
   */
  public Transport transport() {
    return transport;
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    return transport.send(request, within);
  }

  /** Takes one owner away; call it once for each owner. */
  @Override
  public void close() {
    if (owners.decrementAndGet() == 0) {
      transport.close();
    }
  }
}
