/**
 * User-Agent headers of common browsers and of browsers inside applications, and what a user's list keeps of
 * them.
 */
export const USER_AGENTS: readonly (readonly [browser: string, header: string, kept: string])[] = [
  [
    "Chrome on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "(Windows NT 10; Win64; x64) Chrome/142",
  ],
  [
    "Chrome on macOS",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "(Macintosh; Intel Mac OS X 10_15_7) Chrome/142",
  ],
  [
    "Chrome on ChromeOS",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "(X11; CrOS x86_64 14541) Chrome/142",
  ],
  [
    "Chrome on Android",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "(Linux; Android 10; K) Chrome/142",
  ],
  [
    "Chrome on iOS",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1",
    "(iPhone; CPU iPhone OS 26_1_0) CriOS/142 Safari/604",
  ],
  [
    "Edge on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "(Windows NT 10; Win64; x64) Chrome/142 Edg/142",
  ],
  [
    "Edge on Android",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0",
    "(Linux; Android 10; K) Chrome/142 EdgA/142",
  ],
  [
    "Opera on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0",
    "(Windows NT 10; Win64; x64) Chrome/141 OPR/125",
  ],
  [
    "Safari on macOS",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    "(Macintosh; Intel Mac OS X 10_15_7) Safari/26",
  ],
  [
    "Safari on an iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
    "(iPhone; CPU iPhone OS 18_7) Safari/26",
  ],
  [
    "Safari on an iPad",
    "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
    "(iPad; CPU OS 18_7) Safari/26",
  ],
  [
    "Firefox on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "(Windows NT 10; Win64; x64) Firefox/145",
  ],
  [
    "Firefox on Linux",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "(X11; Linux x86_64) Firefox/145",
  ],
  [
    "Firefox on Android",
    "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
    "(Android 16; Mobile) Firefox/145",
  ],
  [
    "Samsung Internet",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
    "(Linux; Android 10; K) SamsungBrowser/29 Chrome/136",
  ],
  [
    "a WebView on Android",
    "Mozilla/5.0 (Linux; Android 16; Pixel 9 Build/BP3A.250905.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.102 Mobile Safari/537.36",
    "(Linux; Android 16; Pixel 9; wv) Chrome/142",
  ],
  [
    "Instagram on an iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22G100 Instagram 404.0.0.32.80 (iPhone15,2; iOS 18_6_2; de_DE; de; scale=3.00; 1179x2556; IABMV/1; 807458221) Safari/604.1",
    "(iPhone; CPU iPhone OS 18_6_2) Instagram 404 (iPhone15,2; iOS 18",
  ],
  [
    "Instagram on Android",
    "Mozilla/5.0 (Linux; Android 15; SM-S928B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.102 Mobile Safari/537.36 Instagram 404.0.0.48.76 Android (35/15; 480dpi; 1080x2109; samsung; SM-S928B; e3q; qcom; de_DE; 807458223; IABMV/1)",
    "(Linux; Android 15; SM-S928B; wv) Chrome/142 Instagram 404 Andro",
  ],
  [
    "Facebook on Android",
    "Mozilla/5.0 (Linux; Android 15; SM-S928B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.102 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/536.0.0.46.77;IABMV/1;]",
    "(Linux; Android 15; SM-S928B; wv) Chrome/142 [FB_IAB/FB4A;FBAV/5",
  ],
  [
    "Facebook on an iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22G100 [FBAN/FBIOS;FBAV/536.0.0.33.95;FBBV/807402137;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/18.6.2;FBSS/3;FBID/phone;FBLC/de_DE;FBOP/5;FBRV/0;IABMV/1]",
    "(iPhone; CPU iPhone OS 18_6_2) [FBAN/FBIOS;FBAV/536;FBBV/8074021",
  ],
];
