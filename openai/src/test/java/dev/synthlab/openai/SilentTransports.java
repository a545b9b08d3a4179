package dev.synthlab.openai;

import dev.synthlab.config.Settings;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportProvider;
import java.io.IOException;

/** Stands where the embedded model would be; answers nothing. */
public final class SilentTransports implements TransportProvider {
  @Override
  public String scheme() {
    return "local";
  }

  @Override
  public int concurrency(Settings settings) {
    return 1;
  }

  @Override
  public Transport open(Settings settings) {
    return (request, within) -> {
      throw new IOException("no model");
    };
  }
}
