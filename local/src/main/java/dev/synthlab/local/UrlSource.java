package dev.synthlab.local;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.TransportException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * The weights at an HTTP address. A download that breaks off is continued if the server supports
 * it, at most five times in a row and only while bytes arrive.
 *
 * @param address of the file
 * @param network the proxies and the certificate authorities
 * @param maxSilence the maximum time between two bytes
 */
record UrlSource(URI address, NetworkSettings network, Duration maxSilence)
    implements WeightsSource {
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final int MAX_BREAKS = 5;

  static UrlSource of(URI address, NetworkSettings network) {
    return new UrlSource(address, network, SILENCE);
  }

  @Override
  public String name() {
    return address.getHost() == null ? address.getScheme() + " address" : address.getHost();
  }

  @Override
  public boolean fetch(ChecksummedFile wanted, PartFile part, Weights.Progress progress)
      throws IOException, InterruptedException {
    for (int breaks = 1; ; breaks++) {
      long before = part.validator(address).isPresent() ? part.size() : 0;
      progress.moved(name(), before, wanted.size());
      try {
        return download(wanted, part, progress);
      } catch (TransportException e) {
        boolean resumable = part.validator(address).isPresent() && part.size() > before;
        if (!resumable || breaks > MAX_BREAKS || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        progress.note(
            String.format(
                Locale.ROOT,
                "the download of the embedded model broke off at %d of %d MB and is continued: %s",
                part.size() / 1_000_000,
                wanted.size() / 1_000_000,
                e.getMessage()));
      }
    }
  }

  private boolean download(ChecksummedFile wanted, PartFile part, Weights.Progress progress)
      throws IOException, InterruptedException {
    try (OkHttpTransport transport = new OkHttpTransport(ConnectOptions.of(network));
        UrlDownload download = new UrlDownload(this, transport, wanted, part)) {
      return download.await(progress);
    }
  }
}
