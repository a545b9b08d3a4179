package dev.synthlab.rules;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Classes that reach external systems, such as HTTP clients and SDKs: only infrastructure packages
 * may use them.
 */
enum ExternalApis {
  /** HTTP clients. */
  HTTP(
      "an HTTP client",
      "java/net/http/",
      "java/net/URLConnection",
      "java/net/HttpURLConnection",
      "javax/net/ssl/HttpsURLConnection",
      "okhttp3/",
      "org/apache/http/",
      "org/apache/hc/client5/",
      "org/apache/commons/httpclient/",
      "org/springframework/web/client/",
      "org/springframework/web/reactive/function/client/",
      "org/springframework/http/client/",
      "org/springframework/cloud/openfeign/",
      "org/eclipse/jetty/client/",
      "io/netty/bootstrap/Bootstrap",
      "reactor/netty/http/client/",
      "org/asynchttpclient/",
      "retrofit2/",
      "feign/",
      "com/google/api/client/http/",
      "jakarta/ws/rs/client/",
      "javax/ws/rs/client/",
      "io/vertx/core/http/HttpClient",
      "io/vertx/ext/web/client/",
      "io/ktor/client/",
      "kong/unirest/",
      "com/mashape/unirest/",
      "io/helidon/webclient/",
      "io/micronaut/http/client/",
      "com/github/mizosoft/methanol/",
      "org/jsoup/Connection",
      "org/jsoup/helper/HttpConnection"),

  /** Databases. */
  DATABASE(
      "a database",
      "java/sql/",
      "javax/sql/",
      "com/zaxxer/hikari/",
      "org/jdbi/",
      "org/jooq/",
      "org/hibernate/Session",
      "org/hibernate/StatelessSession",
      "org/apache/ibatis/session/",
      "org/springframework/jdbc/",
      "org/springframework/data/",
      "jakarta/persistence/EntityManager",
      "jakarta/persistence/Persistence",
      "jakarta/persistence/Query",
      "jakarta/persistence/TypedQuery",
      "javax/persistence/EntityManager",
      "javax/persistence/Persistence",
      "javax/persistence/Query",
      "javax/persistence/TypedQuery",
      "io/r2dbc/",
      "com/mongodb/",
      "redis/clients/",
      "io/lettuce/core/",
      "org/redisson/"),

  /** SDKs of language models. */
  MODELS(
      "an SDK of a model",
      "com/openai/",
      "dev/langchain4j/",
      "org/springframework/ai/",
      "com/anthropic/",
      "com/theokanning/openai/",
      "io/github/sashirestela/openai/",
      "com/azure/ai/openai/",
      "com/azure/ai/inference/",
      "com/google/genai/",
      "com/google/cloud/vertexai/",
      "com/cohere/api/",
      "io/github/ollama4j/",
      "software/amazon/awssdk/services/bedrockruntime/",
      "com/alibaba/dashscope/",
      "dev/ai4j/openai4j/",
      "com/cjcrafter/openai/"),

  /** SDKs of other services. */
  SERVICE(
      "an SDK of a service",
      "software/amazon/awssdk/",
      "com/amazonaws/",
      "com/google/cloud/",
      "com/azure/storage/",
      "io/minio/",
      "io/grpc/ManagedChannel",
      "io/grpc/stub/",
      "org/apache/kafka/clients/",
      "com/rabbitmq/client/",
      "jakarta/mail/Transport",
      "javax/mail/Transport",
      "org/elasticsearch/client/",
      "co/elastic/clients/"),

  /** Client sockets; server sockets are allowed. */
  SOCKET(
      "a socket",
      "java/net/Socket",
      "java/net/DatagramSocket",
      "java/net/MulticastSocket",
      "java/nio/channels/SocketChannel",
      "java/nio/channels/DatagramChannel",
      "java/nio/channels/AsynchronousSocketChannel",
      "javax/net/SocketFactory",
      "javax/net/ssl/SSLSocket");

  /** Classes of values and exceptions, which open no connection. */
  private static final Set<String> VALUES =
      Set.of(
          "java/sql/Timestamp",
          "java/sql/Date",
          "java/sql/Time",
          "java/sql/Types",
          "java/sql/JDBCType",
          "java/sql/SQLException",
          "java/net/SocketAddress",
          "java/net/SocketException",
          "java/net/SocketTimeoutException",
          "java/net/SocketOption",
          "java/net/SocketPermission",
          "javax/net/ssl/SSLSocketException");

  private static final String URL_CONNECTION = "java.net.URLConnection";

  private static final List<String> NOT_DATA =
      List.of(
          "org/springframework/data/domain/",
          "org/springframework/data/annotation/",
          "org/springframework/data/relational/core/mapping/",
          "org/springframework/data/mongodb/core/mapping/",
          "org/springframework/ai/tool/annotation/");

  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<String> prefixes;

  ExternalApis(String said, String... prefixes) {
    this.description = said;
    this.prefixes = List.of(prefixes);
  }

  /**
   * A matched API.
   *
   * @param kind the kind of API
   * @param library the matched package or class
   */
  record Match(ExternalApis kind, String library) {
    String description() {
      return kind.description + " (" + library + ")";
    }
  }

  /** The API that a class belongs to, by its internal name. */
  static Optional<Match> of(String type) {
    if (VALUES.contains(type) || NOT_DATA.stream().anyMatch(type::startsWith)) {
      return Optional.empty();
    }
    // SDKs of models first: some are part of a cloud SDK.
    for (ExternalApis kind : List.of(MODELS, HTTP, DATABASE, SERVICE, SOCKET)) {
      for (String prefix : kind.prefixes) {
        if (type.startsWith(prefix)) {
          return Optional.of(new Match(kind, library(prefix)));
        }
      }
    }
    return Optional.empty();
  }

  /** The several classes of URL connections count as one API. */
  private static String library(String prefix) {
    return prefix.endsWith("URLConnection")
        ? URL_CONNECTION
        : JvmNames.dotted(prefix.replaceFirst("/$", ""));
  }

  /** The API that a method call uses, also if the class alone is allowed. */
  static Optional<Match> ofCall(String owner, String name) {
    boolean opens =
        owner.equals("java/net/URL")
            && Set.of("openStream", "openConnection", "getContent").contains(name);
    return opens ? Optional.of(new Match(HTTP, URL_CONNECTION)) : of(owner);
  }
}
