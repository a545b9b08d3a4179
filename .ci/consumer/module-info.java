/** The program as a named module; .ci/run consumer compiles it with the others and runs it on a module path. */
module consumer {
  requires dev.synthlab.core;
  requires io.opentelemetry.api;
  requires io.opentelemetry.sdk;
  requires io.opentelemetry.sdk.common;
  requires io.opentelemetry.sdk.metrics;
  requires io.opentelemetry.sdk.trace;
  requires jdk.httpserver;

  // The types of answers are created by reflection.
  opens consumer to
      dev.synthlab.core;
}
