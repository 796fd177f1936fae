//! An event as a line of a scenario's file.

use countersign_disk::DiskFault;
use serde::{Deserialize, Serialize};

use super::deed::{
    Cut, Deed, Event, Expect, Flood, Hoard, Image, NetworkFault, Order, TokenTrouble,
};
use super::errand::Errand;
use crate::machine::ClockFault;

/// An event as it is written: a time, and one deed under its name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Line {
    at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expect: Option<Expect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign: Option<Errand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hoard: Option<Hoard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flood: Option<Flood>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Order>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<TokenTrouble>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disk: Option<DiskFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<ClockFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<NetworkFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<Cut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<Everything>,
}

/// What is mended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Everything {
    Everything,
}

impl TryFrom<Line> for Event {
    type Error = &'static str;

    fn try_from(line: Line) -> Result<Self, Self::Error> {
        let deeds = [
            line.sign.map(Deed::Sign),
            line.hoard.map(Deed::Hoard),
            line.flood.map(Deed::Flood),
            line.order.map(Deed::Order),
            line.token.map(Deed::Token),
            line.disk.map(Deed::Disk),
            line.image.map(Deed::Image),
            line.clock.map(Deed::Clock),
            line.network.map(Deed::Network),
            line.cut.map(Deed::Cut),
            line.mend.map(|Everything::Everything| Deed::Mend),
        ];
        let mut deeds = deeds.into_iter().flatten();
        match (deeds.next(), deeds.next()) {
            (Some(deed), None) => Ok(Self {
                at: line.at,
                number: line.number.unwrap_or(u64::MAX),
                deed,
                expect: line.expect,
            }),
            _ => Err("an event has a time and exactly one of sign, hoard, flood, order, token, \
                      disk, image, clock, network, cut, mend"),
        }
    }
}

impl From<Event> for Line {
    fn from(event: Event) -> Self {
        let Event { at, number, deed, expect } = event;
        let number = Some(number).filter(|number| *number != u64::MAX);
        let mut line = Self { at, number, expect, ..Self::default() };
        match deed {
            Deed::Sign(deed) => line.sign = Some(deed),
            Deed::Hoard(deed) => line.hoard = Some(deed),
            Deed::Flood(deed) => line.flood = Some(deed),
            Deed::Order(deed) => line.order = Some(deed),
            Deed::Token(deed) => line.token = Some(deed),
            Deed::Disk(deed) => line.disk = Some(deed),
            Deed::Image(deed) => line.image = Some(deed),
            Deed::Clock(deed) => line.clock = Some(deed),
            Deed::Network(deed) => line.network = Some(deed),
            Deed::Cut(deed) => line.cut = Some(deed),
            Deed::Mend => line.mend = Some(Everything::Everything),
        }
        line
    }
}
