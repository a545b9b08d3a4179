package dev.synthlab.architecture.planted.http;

import okhttp3.OkHttpClient;

final class OkHttpTransport {
  private OkHttpTransport() {}

  static OkHttpClient mayUseIt() {
    return new OkHttpClient();
  }
}
