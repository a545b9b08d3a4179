package dev.synthlab.trace;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;

/** A process in which nothing was set up before. */
final class Child {
  private Child() {}

  public static void main(String[] args) {
    if (args[0].equals("foreign")) {
      GlobalOpenTelemetry.set(OpenTelemetry.noop());
    }
    System.out.println("set up: " + PhoenixTracing.setup());
    PhoenixTracing.shutdown();
  }
}
