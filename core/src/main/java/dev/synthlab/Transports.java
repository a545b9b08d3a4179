package dev.synthlab;

import dev.synthlab.config.Settings;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.SharedTransport;
import dev.synthlab.http.TransportProvider;
import java.net.URI;
import java.util.OptionalInt;
import java.util.ServiceLoader;

/** The transports for the scheme of an address: HTTP, or one of a module on the class path. */
@Internal
public final class Transports {
  private Transports() {}

  /**
   * A transport, and the number of exchanges that it makes at the same time.
   *
   * @param transport the transport
   * @param concurrency its maximum concurrency; empty if it has none
   */
  public record Opened(SharedTransport transport, OptionalInt concurrency) {}

  /**
   * Opens a transport.
   *
   * @param base the base URL of the server
   * @param settings how servers are reached, and the settings of the embedded model
   * @return a transport that the caller closes
   * @throws IllegalStateException if no module on the class path has one for the scheme
   */
  public static Opened open(URI base, Settings settings) {
    if (base.getScheme().startsWith("http")) {
      return new Opened(
          new SharedTransport(new OkHttpTransport(ConnectOptions.of(settings.network()))),
          OptionalInt.empty());
    }
    for (TransportProvider provider : ServiceLoader.load(TransportProvider.class)) {
      if (provider.scheme().equals(base.getScheme())) {
        return new Opened(
            new SharedTransport(provider.open(settings)),
            OptionalInt.of(provider.concurrency(settings)));
      }
    }
    throw new IllegalStateException(
        "no transport for "
            + base.getScheme()
            + ": addresses on the class path; for the embedded model add synthlab-local");
  }
}
