// The approval page: what it asks of the browser. Bytes come and go in base64.
({
  bytes: (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
  text: (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))),

  async create(wanted) {
    const made = await navigator.credentials.create({
      publicKey: {
        rp: { id: wanted.rpId, name: "Countersign" },
        user: { id: this.bytes(wanted.user), name: "alice", displayName: "Alice" },
        challenge: this.bytes(wanted.challenge),
        pubKeyCredParams: [{ type: "public-key", alg: wanted.algorithm }],
        authenticatorSelection: { userVerification: "required" },
        attestation: wanted.attestation,
      },
    });
    return {
      authenticatorData: this.text(made.response.getAuthenticatorData()),
      attestationObject: this.text(made.response.attestationObject),
      clientDataJSON: this.text(made.response.clientDataJSON),
    };
  },

  async get(wanted) {
    const id = (text) => ({ type: "public-key", id: this.bytes(text) });
    const made = await navigator.credentials.get({
      publicKey: {
        rpId: wanted.rpId,
        challenge: this.bytes(wanted.challenge),
        allowCredentials: wanted.credentials.map(id),
        userVerification: wanted.userVerification,
      },
    });
    return {
      id: this.text(made.rawId),
      authenticatorData: this.text(made.response.authenticatorData),
      clientDataJSON: this.text(made.response.clientDataJSON),
      signature: this.text(made.response.signature),
    };
  },
})
