//! What a call is compared with.

/// The same request without us.
pub(crate) struct Bare {
    client: reqwest::Client,
    url: String,
    headers: reqwest::header::HeaderMap,
    length: usize,
}

impl Bare {
    /// The reply's body has this length.
    pub(crate) fn new(origin: &str, length: usize) -> Self {
        // It needs one for the whole process; ours brings its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("{origin}/uki/sageone/accounts/v3/contacts/1");
        let mut headers = reqwest::header::HeaderMap::new();
        for (name, value) in
            [("authorization", "Bearer token"), ("x-site", "s"), ("ocp-apim-subscription-key", "k"), ("accept", "*/*")]
        {
            headers.insert(name, value.parse().unwrap());
        }
        Bare { client: reqwest::Client::new(), url, headers, length }
    }

    pub(crate) async fn get(&self) {
        let reply = self.client.get(&self.url).headers(self.headers.clone()).send().await.unwrap();
        assert_eq!(reply.bytes().await.unwrap().len(), self.length);
    }
}
