package dev.synthlab.architecture.planted.http;

import okhttp3.Request;

interface UsesOkHttp {
  Request leaked();
}
