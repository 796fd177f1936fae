//! RSASSA-PKCS1-v1_5 with SHA-256 and a modulus of 4096 bits (RFC 8017, 8.2.2): FIDO2 devices have it.
//!
//! Guarantees to the contract: each case differs from an honest one in one thing. What padding can be wrong
//! in is asked with 3072 bits, beside. Keys and signatures were made by a program that shares no code with
//! an engine.

use countersign_ports::Algorithm::Rsa4096Pkcs1Sha256;
use hex_literal::hex;

use super::{Case, Key, changed};

/// The key, DER of an RSAPublicKey.
const KEY: [u8; 526] = hex!(
    "3082020a0282020100a853998530a2ef5f86d3b980b0be568bf2c04872a957cc"
    "dac3c98a04d1cb8eba69dc5d117e345398f63f75c4f6726917ee02d65df62155"
    "daecb2e339db7f847ff56d36f61262b5bdfdb5bb04fbbdf80623edf05b9caee3"
    "459207527dc239a3f5d6134a3e66f70a392a0ba5bbba414151902a2680ae06e6"
    "8779d5802e26159a4789d02f2901f038027b453e8f731d3d3aa3927001ba4af3"
    "212004f2de7f49c92af6e5cee3830df200e5292c8ac2a42e00555c9610aec882"
    "b3d916e052167367dfdfea19c95d1830ce748b0162be56bdf7857f20892a533e"
    "cd50b034380e50d580f034b2ec187afe7c529141e884dc46ca0aac6d3b0c3a0d"
    "deb3b7aaea6fbf57b13824bbb66d4f9d59c95e2246ef6db980d16a91a951cdf7"
    "6026356c6b888e226f59423c712eaf74525f407cec0f70c31f639ff1dcf7c175"
    "8630121642684ed424a0e7bdb05bae2b1e51631d447eefedc30f5d8e61ef1567"
    "8dca64a2f453c4fcf6072d17ec7ab74cb9ddc6e837d6e05902d1db2ba57424ed"
    "48a67470c20485ec6c16b860ad8a315ca14dca6731e7548fe737a8a7ae05fca6"
    "9ae3be013cec58a730a01ed06ba5201a089b83ed3b512a83b08634713b8bce5d"
    "831fbafeb923942562294e2a57547fddc1aea136c1e9b1f44f9b9bcb48a030ef"
    "a150c12ee68107abe9af7e14689cef25dff388333c5815915f89352f3d40bc0e"
    "5827693cad825df18d0203010001"
);

/// The key of somebody else.
const OTHER: [u8; 526] = hex!(
    "3082020a0282020100b45f82cdc1d7597c79bdc65ae64b231960a9029d46eea1"
    "554bd64260d23386be3a7239a5f8c7ea8ede151a9491e991bd42ae7237f18bb6"
    "a05fda744fae88c4052695a96106700f8ac1e302728b29f32ea10bc9437c7a5a"
    "d9bbc77c38d1101e47c414795d2ef94cffba04538548452277880a2ed230f5e1"
    "a36eb804b6b5a6a9c113309a56596f8335524901c73ea084649230f111cd9928"
    "31b61886fcf9e63e345c20bb7f60d4f0f4bd7ec576a1e8a221068fc1c3cff44b"
    "4cb041e81607e249bcbb840b5d34b66ae1e29d0d29cbd00bdd837aaeca08dae8"
    "cb804ead3576a41a7b4c21e099626e9cced2a1ddd906ab2f29b694e2530732d2"
    "87afd5366cab2e48ecf940a3218fd931c1e717d4a7e87533f2e08f5a946fab06"
    "18b68e856b4a713d0e08e37e30cd3847ad75a56bb5ae7cb6f3655a55dc594858"
    "1f8ab057d2bd7f20b2380cd47c3a197edbabd4728b8270b0a274aec90b9dcd17"
    "5e5ef58775651dc6b0df59a20111ec54a0980838ad7bd85b2234555fd6bb1f0d"
    "18a2a393d5d635dfee119668c46142dca01ce3847fccd678791ce75e90c25001"
    "dc306d07ebbdbdbb6c9a5d7933012b23b759e5e05bd4d498a59bbda09b43d141"
    "6a4078064e4e1691db9ec284baf1e4830fe8c52177727105168fa068370dc55b"
    "eabe718745e83edb245157378e866d9e60a45482274d65cca6b6a6b05187ebf1"
    "77efba8cf305ebfc2f0203010001"
);

/// A signature of the key over SHA-256 of "sample".
pub(crate) const SAMPLE: Case = Case {
    name: "RSA 4096: sample",
    algorithm: Rsa4096Pkcs1Sha256,
    public_key: &KEY,
    message: &hex!("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"),
    signature: &hex!(
        "89e571e3a55c7af2805ca02792ca594d882f8fb85e6b90fb6f20da16db5c050e"
        "10bd88343d3dd65089eeda22c19703839d4c447735611cbe8d8fde9d0975b4f3"
        "fff2b12fbdfe7749218e82862692e677f4d1f49ae83cbdcb52b7bed5d5673eff"
        "63afeb3a2669797ef3bf5f45f09333f8b5074e67bdc8e788161a1b492c864ccb"
        "5f3ed2be7c1f4ce1faad05478751a500df26ff1b43e3196918ba23626298ca32"
        "2f8cbb1ccafecb5e0cb204f3d7cc4b5e515c7b2014801d391af0c0b1d3eace45"
        "8a5ddadd18f94e0e2e5191287eef39913b2d4d613b7b0e05aca13f4527e0a032"
        "a7b9ed95482a031aaa5a735904936532cd17c6b7993c0f53c22f5304699f10a2"
        "7aca797fe32095895d03f91f1c767e77ffd3b40973e5636f0ca3ead1ee130634"
        "2e4cabebdabb3f458f1e59c4b2e571c91025b6f793c97b7ab3be118ae69b82f5"
        "221853648360cca033bc09e2564aed609f495844f065ec2b813a1d73ea1904be"
        "cecfad585d9dcb8a06ab66af843b0b1015a5e6e35aa75cc968f00ec13f7e4588"
        "8ee2495d921303fb73daa13ed5d41acfbce19d93587703e3c148835426433e4f"
        "dd78cfd7deca5bb4ba79e8269ea074b227cd70a8103a39f265401b815d57834c"
        "f791375c984e6a5719fd88296471692ce01e2c81cb94afd612c9c0bee160e77b"
        "d17bd5ad7156b7f9e9f983d67f24c222a8f16bf97397bd4df7738dba75036cb0"
    ),
    good: true,
};

/// `SAMPLE` as `name`, with another signature that must be refused.
const fn refused(name: &'static str, signature: &'static [u8]) -> Case {
    Case { name, signature, good: false, ..SAMPLE }
}

/// Signatures with their right verdicts.
pub(crate) const SIGNATURES: &[Case] = &[
    SAMPLE,
    Case {
        name: "RSA 4096: a signature by another key",
        public_key: &OTHER,
        good: false,
        ..SAMPLE
    },
    Case {
        name: "RSA 4096: a signature over another digest",
        message: &[0; 32],
        good: false,
        ..SAMPLE
    },
    refused("RSA 4096: all zeros", &[0; 512]),
    refused("RSA 4096: all ones", &[0xff; 512]),
    refused(
        "RSA 4096: a digest without its DigestInfo",
        &hex!(
            "5d810dbcc27841566aaff1422a8457edec0a389d3e12db64bc49e0c721a35264"
            "2666aa9668aec56a0168392bb9e6c93e1e8b603cbc1de493e63a705000f2399c"
            "97416abbf8a1feac49f4280f34450c48dd2985f2080c61a36170e79f1ac6d65d"
            "08b9339b89deecf6b49c89f11be7c5a8628e341f6154f2b969751c643e4d3fdf"
            "5ae25088bae0351f8307ae8c46cedb45a394124481085c1a8b2e220ca9131585"
            "e8a45ae5c6b8a9754ceb3de3943740f90e360fccd6b67fbcdd27a00afad483f6"
            "091e20d6f05822dc08324e3544857600699097f38e81d998ef13425db5624048"
            "8eeeeb37785036b4a6baa339beea985806974b817e996e9be2638313fa90ab34"
            "275f32cb356a2dd7b9d4ebd80ed558e397675edd5e3ffd076c864d9e74be3b7a"
            "f1bf5c997237203b05f6637d84e6b95166ddb76a4954506cdc2096af6f8a6a20"
            "ed48144e01938c08530da2c0a326542f800c4d22001359677689bf52b7538c7a"
            "df4a478ecaa18a9b9570e1a0c13227f3cde49dd169f1dc99251d54bf1f498988"
            "e972ef9628865d1891ecfbe8dbc737e3a74b2bc00debcb3d8992cc2dc4682078"
            "544969d6bbf574a259dd077269390913e3b2020226a74b57fbea5b95bf892ba5"
            "282ab5fca5fa45c5a6a8fcbbe1fe01b2e97f57610cd15f285943ac070db42db8"
            "222c445194555bd24239c0ae372d31c81be5a1829b47ce18e9e98044c21373ea"
        ),
    ),
];

/// A public key of this size, or what only looks like one.
const fn key(name: &'static str, bytes: &'static [u8], good: bool) -> Key {
    Key { name, algorithm: Rsa4096Pkcs1Sha256, bytes, good }
}

/// Public keys, and bytes that only look like one.
pub(crate) const KEYS: &[Key] = &[
    key("RSA 4096: public key", &KEY, true),
    key("RSA 4096: exponent 65539", &changed(KEY, 525, 3), false),
    key("RSA 4096: modulus of 4095 bits", &changed(KEY, 9, 0x7f), false),
    key("RSA 4096: even modulus", &changed(KEY, 520, 0), false),
    key("RSA 4096: no sequence", &changed(KEY, 0, 0x31), false),
    key("RSA 4096: a modulus of 3072 bits", super::rsa::PKCS1.public_key, false),
];
